package dev.finetune4j.aws.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a heap much smaller than a file stages it, is killed within it, and goes on where it was. */
@Tag("long")
class KilledStagingTest {
    private static final int BYTES = 160 << 20;
    private static final int PARTS = 10;
    private static final int IN_FLIGHT = 4;

    @TempDir
    private Path folder;

    @Test
    void goesOnWithThePartsThatAreThere() throws Exception {
        try (OfflineBuckets buckets = new OfflineBuckets(folder)) {
            Path file = buckets.file("large/model", BYTES);

            Process killed = buckets.start(Stage.class, file.toString());
            while (buckets.effects("UploadPart") < 6 && killed.isAlive()) {
                Thread.sleep(5);
            }
            killed.destroyForcibly().waitFor();
            int before = buckets.effects("UploadPart");
            Process second = buckets.start(Stage.class, file.toString());

            assertThat(second.waitFor()).isZero();
            assertThat(buckets.keys()).hasSize(1);
            assertThat(buckets.aws()
                            .s3()
                            .file("s3://my-bucket/" + buckets.keys().get(0)))
                    .hasSameBinaryContentAs(file);
            assertThat(before).isGreaterThanOrEqualTo(6);
            assertThat(buckets.effects("UploadPart"))
                    .as("sent in all; only what was on its way is sent again")
                    .isBetween(PARTS, PARTS + IN_FLIGHT);
            assertThat(buckets.aws().s3().files()).as("no part is left").isEqualTo(1);
        }
    }

    /** Stages a file. */
    static final class Stage {
        private Stage() {}

        public static void main(String[] arguments) {
            ProviderContext context =
                    new ProviderContext(Path.of("home"), Map.copyOf(System.getenv()), Clock.systemUTC());
            try (S3Store store =
                    S3Store.open(OfflineBuckets.STORE, OfflineBuckets.REGION, new BucketOwner("", ""), context)) {
                store.stage(Path.of(arguments[0]));
            }
        }
    }
}
