package dev.finetune4j.aws.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are stored once by their content, whatever happens on the way. */
class StagingTest {
    private static final int MIB = 1 << 20;
    private static final int LARGE = 80 * MIB + 1; // six parts

    @TempDir
    private Path folder;

    private OfflineBuckets buckets;
    private S3Store store;

    @BeforeEach
    void open() throws IOException {
        buckets = new OfflineBuckets(folder);
        store = buckets.store();
    }

    @AfterEach
    void close() {
        store.close();
        buckets.close();
    }

    @Test
    void storesAFolderOnceUnderTheDigestOfItsContent() throws Exception {
        Path data = data();
        List<Long> moved = new ArrayList<>();

        String prefix = store.stage(data, (done, total) -> moved.add(done * 100 / total));
        String again = store.stage(data);

        assertThat(prefix).matches("s3://my-bucket/jobs/inputs/[0-9a-f]{64}/").isEqualTo(again);
        assertThat(store.list(prefix))
                .extracting(StoredFile::name)
                .containsExactly("deep/er/rows", "empty", "train.jsonl", "ü ber");
        assertThat(moved).isSorted().endsWith(100L);
        assertThat(buckets.calls("PutObject"))
                .as("the second call stores nothing")
                .isEqualTo(4);
        assertThat(buckets.calls("ListObjectsV2")).isEqualTo(3);
        assertThat(store.exists(prefix + "empty")).isTrue();
        assertThat(store.exists(prefix + "emp")).isFalse();
        assertThat(buckets.aws().s3().file(prefix + "train.jsonl")).hasContent("rows");
    }

    @Test
    void givesAnotherAddressToOtherContentAndNames() throws Exception {
        Path data = data();
        String before = store.stage(data);

        Files.writeString(data.resolve("empty"), "no more");
        String content = store.stage(data);
        Files.move(data.resolve("empty"), data.resolve("renamed"));
        String name = store.stage(data);

        assertThat(new HashSet<>(List.of(before, content, name))).hasSize(3);
    }

    @Test
    void stagesASingleFile() throws Exception {
        String prefix = store.stage(data().resolve("train.jsonl"));

        assertThat(store.list(prefix)).extracting(StoredFile::bytes).containsExactly(4L);
    }

    @Test
    void storesLargeFilesInPartsThatAreProved() throws Exception {
        Path file = buckets.file("large/model", LARGE);

        String prefix = store.stage(folder.resolve("large"));

        assertThat(buckets.calls("UploadPart")).isEqualTo(6);
        assertThat(buckets.calls("PutObject")).isZero();
        assertThat(buckets.aws().s3().file(prefix + "model")).hasSameBinaryContentAs(file);
        assertThat(buckets.aws().s3().files()).as("no part is left").isEqualTo(1);
    }

    @Test
    void goesOnWithThePartsThatAreThere() throws Exception {
        Path file = buckets.file("large/model", LARGE);
        buckets.aws().faults().denyAccess("CompleteMultipartUpload", 1);

        assertThatThrownBy(() -> store.stage(file)).hasMessageContaining("FT0864");
        store.stage(file);

        assertThat(buckets.calls("UploadPart")).isEqualTo(6);
        assertThat(buckets.calls("CreateMultipartUpload")).isEqualTo(1);
    }

    @Test
    void goesOnAfterAnInterruption() throws Exception {
        Path file = buckets.file("large/model", LARGE);
        CountDownLatch some = new CountDownLatch(2);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread stager = new Thread(() -> {
            try {
                store.stage(file, (done, total) -> some.countDown());
            } catch (FineTuneException e) {
                end.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("the interruption is lost", e));
            }
        });

        stager.start();
        some.await();
        stager.interrupt();
        stager.join();
        int sent = buckets.effects("UploadPart");
        store.stage(file);

        if (end.get() != null) { // else it was through before it was interrupted
            assertThat(end.get()).hasMessageContaining("FT0867");
            assertThat(sent).isBetween(2, 6);
        }
        assertThat(buckets.effects("UploadPart")).isEqualTo(6);
        assertThat(buckets.aws().s3().uploads("s3://my-bucket/")).isEmpty();
    }

    @Test
    void survivesLostRequestsLostAnswersAndBusyServers() throws Exception {
        Path file = buckets.file("both/model", LARGE);
        Files.writeString(file.resolveSibling("small"), "small");
        buckets.aws()
                .faults()
                .loseAnswer("PutObject", 1)
                .loseRequest("CreateMultipartUpload", 1)
                .loseRequest("UploadPart", 1)
                .loseAnswer("UploadPart", 1)
                .breakDown("UploadPart", 1)
                .loseAnswer("CompleteMultipartUpload", 1)
                .throttle("HeadObject", 1);

        String prefix = store.stage(folder.resolve("both"));

        assertThat(buckets.keys()).hasSize(2);
        assertThat(buckets.aws().s3().file(prefix + "model")).hasSameBinaryContentAs(file);
        assertThat(buckets.aws().s3().files()).isEqualTo(2);
    }

    @Test
    void letsTwoStageTheSameAtOnce() throws Exception {
        Path file = buckets.file("both/model", LARGE);
        Files.writeString(file.resolveSibling("small"), "small");
        ExecutorService threads = Executors.newFixedThreadPool(3);
        Callable<String> staging = () -> {
            try (S3Store own = buckets.store()) {
                return own.stage(folder.resolve("both"));
            }
        };

        List<String> prefixes = new ArrayList<>();
        for (Future<String> done : threads.invokeAll(Collections.nCopies(3, staging))) {
            prefixes.add(done.get());
        }
        threads.shutdown();

        assertThat(new HashSet<>(prefixes)).hasSize(1);
        assertThat(buckets.aws().s3().file(prefixes.get(0) + "model")).hasSameBinaryContentAs(file);
        assertThat(buckets.effects("CompleteMultipartUpload")).isEqualTo(1);
        assertThat(buckets.effects("PutObject")).isEqualTo(1);
        assertThat(buckets.aws().s3().files()).as("no part is left").isEqualTo(2);
    }

    @Test
    void tellsThatAFileWasChangedMeanwhile() throws Exception {
        Path file = buckets.file("large/model", LARGE);

        assertThatThrownBy(() -> store.stage(file, (done, total) -> spoil(file)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0869");
        assertThat(buckets.keys()).isEmpty();
    }

    @Test
    void refusesOtherContentUnderItsDigest() throws Exception {
        Path data = data();
        String prefix = store.stage(data);
        buckets.put(prefix.substring("s3://my-bucket/".length()) + "train.jsonl", "rowz");

        assertThatThrownBy(() -> store.stage(data))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies()).contains("aws s3 rm --recursive " + prefix))
                .hasMessageContaining("FT0870")
                .hasMessageContaining("train.jsonl");
    }

    @Test
    void tellsThatThereIsNothingToStage() {
        assertThatThrownBy(() -> store.stage(folder.resolve("none"))).hasMessageContaining("FT0873");
        assertThatThrownBy(() -> store.stage(Files.createDirectory(folder.resolve("bare"))))
                .hasMessageContaining("FT0873");
    }

    @Test
    void cutsFilesSoThatAHundredGigabytesFit() {
        assertThat(PartPlan.of(64L << 20).isSingle()).isTrue();
        assertThat(PartPlan.of((64L << 20) + 1).isSingle()).isFalse();
        for (long bytes : new long[] {0, 1, 100L << 20, 100L << 30, 500L << 30, 5L << 40}) {
            PartPlan plan = PartPlan.of(bytes);
            long sum = 0;
            for (int part = 1; part <= plan.count(); part++) {
                assertThat(plan.offset(part)).isEqualTo(sum);
                sum += plan.length(part);
            }
            assertThat(sum).isEqualTo(bytes);
            assertThat(plan.count()).isBetween(1, 9000);
        }
        assertThat(PartPlan.of(100L << 30).partBytes()).isEqualTo(16L << 20);
        assertThat(PartPlan.of(500L << 30).partBytes()).isLessThanOrEqualTo(64L << 20);
    }

    private Path data() throws IOException {
        Path data = folder.resolve("data");
        Files.createDirectories(data.resolve("deep/er"));
        Files.writeString(data.resolve("train.jsonl"), "rows");
        Files.writeString(data.resolve("deep/er/rows"), "more rows");
        Files.writeString(data.resolve("ü ber"), "x");
        Files.writeString(data.resolve("empty"), "");
        return data;
    }

    /** Writes to every part: which one is sent next is not known. */
    private static void spoil(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long at = 0; at < LARGE; at += MIB) {
                channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
