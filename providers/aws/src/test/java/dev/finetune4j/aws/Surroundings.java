package dev.finetune4j.aws;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Of a process that is to reach an offline cloud. */
public final class Surroundings {
    private Surroundings() {}

    /** One with a key of its own. */
    public static ProviderContext of(String endpoint, String key, String secret, Path home, Clock clock) {
        return new ProviderContext(
                home,
                Map.of("AWS_ENDPOINT_URL", endpoint, "AWS_ACCESS_KEY_ID", key, "AWS_SECRET_ACCESS_KEY", secret),
                clock);
    }

    /** One that is to reach it at another address, such as that of a wire before it. */
    public static ProviderContext of(OfflineAws aws, String endpoint, Path home, Clock clock) {
        return of(endpoint, aws.accessKeyId(), aws.secretAccessKey(), home, clock);
    }

    /** One that is to reach it where it is. */
    public static ProviderContext of(OfflineAws aws, Path home, Clock clock) {
        return of(aws, aws.endpoint().toString(), home, clock);
    }
}
