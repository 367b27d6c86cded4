package dev.finetune4j.offlinecloud.wire;

import java.util.Optional;

/**
 * Where something is, by its ARN.
 *
 * @param region empty where it is in none
 * @param account empty where it is nobody's
 */
public record Arn(String region, String account) {
    private static final int REGION = 3;
    private static final int ACCOUNT = 4;

    /** What an ARN says; empty where a text is none. */
    public static Optional<Arn> read(String text) {
        String[] parts = text.split(":", -1);
        return parts[0].equals("arn") && parts.length > ACCOUNT
                ? Optional.of(new Arn(parts[REGION], parts[ACCOUNT]))
                : Optional.empty();
    }
}
