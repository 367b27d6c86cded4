package dev.finetune4j.aws.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a heap much smaller than an output brings it home. */
class SmallHeapFetchingTest {
    private static final int BYTES = 120 << 20;

    @TempDir
    private Path folder;

    @Test
    void bringsAFileHomeThatIsLargerThanItsHeap() throws Exception {
        try (OfflineBuckets buckets = new OfflineBuckets(folder);
                S3Store store = buckets.store()) {
            Path file = buckets.file("large/weights", BYTES);
            String output = store.stage(folder.resolve("large"));
            Path into = Files.createDirectory(folder.resolve("into"));

            assertThat(buckets.start(Fetch.class, output, into.toString()).waitFor())
                    .isZero();

            assertThat(into.resolve("weights")).hasSameBinaryContentAs(file);
        }
    }

    /** Brings a folder home. */
    static final class Fetch {
        private Fetch() {}

        public static void main(String[] arguments) {
            ProviderContext context =
                    new ProviderContext(Path.of("home"), Map.copyOf(System.getenv()), Clock.systemUTC());
            try (S3Store store =
                    S3Store.open(OfflineBuckets.STORE, OfflineBuckets.REGION, new BucketOwner("", ""), context)) {
                store.download(arguments[0], Path.of(arguments[1]));
            }
        }
    }
}
