package dev.finetune4j.offlinecloud.wire;

/**
 * A value that the service's model forbids.
 *
 * @param value the value as the service prints it, {@code null} where there is none
 * @param path where it stands, as the service writes it: {@code inputDataConfig.1.member.channelName}
 * @param constraint what it must satisfy, in the service's words
 */
public record Violation(String value, String path, String constraint) {
    /** As one part of the service's message. */
    @Override
    public String toString() {
        return "Value " + (value.equals("null") ? value : "'" + value + "'") + " at '" + path
                + "' failed to satisfy constraint: " + constraint;
    }
}
