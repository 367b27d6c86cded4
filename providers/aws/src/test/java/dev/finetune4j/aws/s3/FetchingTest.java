package dev.finetune4j.aws.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects become files in whole or not at all, and no name leads out of the folder. */
class FetchingTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private OfflineBuckets buckets;
    private S3Store store;
    private Path into;

    @BeforeEach
    void open() throws IOException {
        buckets = new OfflineBuckets(folder);
        store = buckets.store();
        into = folder.resolve("into");
    }

    @AfterEach
    void close() {
        store.close();
        buckets.close();
    }

    @Test
    void fetchesAFolderAndThenOnlyWhatIsNew() throws Exception {
        buckets.put("jobs/out/a", "one");
        buckets.put("jobs/out/deep/er", "two");
        buckets.put("jobs/out/empty", "");
        buckets.put("jobs/out/marker/", "");
        buckets.put("jobs/outside", "no");
        List<Long> moved = new ArrayList<>();

        store.download("out", into, (done, total) -> moved.add(done));
        buckets.put("jobs/out/a", "new");
        Files.writeString(into.resolve("deep/er"), "TWO");
        store.download("s3://my-bucket/jobs/out/", into);
        store.download("out", into);

        assertThat(names()).containsExactly("a", "deep/er", "empty");
        assertThat(into.resolve("a")).hasContent("new");
        assertThat(into.resolve("deep/er")).as("same size, other content").hasContent("two");
        assertThat(buckets.calls("GetObject")).isEqualTo(5);
        assertThat(moved).isSorted().endsWith(6L);
    }

    @Test
    void fetchesWhatWasStagedInParts() throws Exception {
        Path file = buckets.file("large/model", 65 * MIB);
        String prefix = store.stage(folder.resolve("large"));

        store.download(prefix, into);
        store.download(prefix, into);

        assertThat(into.resolve("model")).hasSameBinaryContentAs(file);
        assertThat(buckets.calls("GetObject")).isEqualTo(1);
    }

    @Test
    void goesOnWhereAnAnswerBreaksOff() throws Exception {
        Path file = buckets.file("large/model", 3 * MIB);
        String prefix = store.stage(folder.resolve("large"));
        buckets.aws().faults().breakOff("GetObject", 2, MIB).breakOff("GetObject", 1, 0);

        store.download(prefix, into);

        assertThat(into.resolve("model")).hasSameBinaryContentAs(file);
        assertThat(names()).containsExactly("model");
        assertThat(buckets.calls("GetObject")).isEqualTo(4);
    }

    @Test
    void goesOnInALaterCall() throws Exception {
        Path file = buckets.file("large/model", 3 * MIB);
        String prefix = store.stage(folder.resolve("large"));
        buckets.aws().faults().breakOff("GetObject", 1, 2 * MIB).breakOff("GetObject", 4, 0);

        assertThatThrownBy(() -> store.download(prefix, into))
                .hasMessageContaining("FT0866")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .singleElement()
                                .asString()
                                .contains("of 3145728"));
        assertThat(into.resolve("model")).doesNotExist();
        List<Long> moved = new ArrayList<>();
        store.download(prefix, into, (done, total) -> moved.add(done));

        assertThat(into.resolve("model")).hasSameBinaryContentAs(file);
        assertThat(moved.get(0)).as("what was there before").isGreaterThan(MIB);
        assertThat(names()).containsExactly("model");
    }

    @Test
    void throwsAwayWhatWasDamaged() throws Exception {
        Path file = buckets.file("large/model", 3 * MIB);
        String prefix = store.stage(folder.resolve("large"));
        buckets.aws().faults().breakOff("GetObject", 1, 2 * MIB).breakOff("GetObject", 4, 0);
        assertThatThrownBy(() -> store.download(prefix, into)).hasMessageContaining("FT0866");
        Path partial = only(into);
        byte[] bytes = Files.readAllBytes(partial);
        bytes[99]++;
        Files.write(partial, bytes);

        assertThatThrownBy(() -> store.download(prefix, into)).hasMessageContaining("FT0876");
        assertThat(names()).isEmpty();
        store.download(prefix, into);

        assertThat(into.resolve("model")).hasSameBinaryContentAs(file);
    }

    @Test
    void tellsThatAnObjectWasReplacedMeanwhile() throws Exception {
        buckets.put("jobs/out/a", "one");
        buckets.aws().faults().refuse("GetObject", 1, new ServiceError(412, "PreconditionFailed", "other"));

        assertThatThrownBy(() -> store.download("out", into)).hasMessageContaining("FT0872");
        store.download("out", into);

        assertThat(into.resolve("a")).hasContent("one");
    }

    @Test
    void letsNoNameLeadOutOfTheFolder() throws Exception {
        List<String> hostile = List.of(
                "../up",
                "x/../../up",
                "/absolute",
                "double//slash",
                "./dot",
                "nul\0",
                "line\nfeed",
                "bell\u0007",
                "tail/",
                "..");
        for (String name : hostile) {
            buckets.put("jobs/bad/" + name, "bad");
            assertThatThrownBy(() -> store.download("bad", into))
                    .as(name)
                    .hasMessageContaining("FT0871")
                    .satisfies(e ->
                            assertThat(e.getMessage()).doesNotContain("\u0007").doesNotContain("\n"));
            store.delete("bad");
        }
        buckets.put("jobs/bad/file", "bad");
        buckets.put("jobs/bad/file/below", "bad");
        assertThatThrownBy(() -> store.download("bad", into)).hasMessageContaining("FT0871");

        assertThat(into).doesNotExist();
        assertThat(folder.resolve("up")).doesNotExist();
    }

    @Test
    void followsNoLinkOutOfTheFolder() throws Exception {
        buckets.put("jobs/out/link/a", "one");
        Files.createDirectories(into);
        Files.createSymbolicLink(into.resolve("link"), Files.createDirectory(folder.resolve("elsewhere")));

        assertThatThrownBy(() -> store.download("out", into)).hasMessageContaining("FT0871");
        assertThat(folder.resolve("elsewhere")).isEmptyDirectory();
    }

    @Test
    void tellsThatThereIsNothing() {
        assertThatThrownBy(() -> store.download("none", into)).hasMessageContaining("FT0875");
        assertThat(store.list("none")).isEmpty();
    }

    @Test
    void tellsThatAFileCannotBeWritten() throws Exception {
        buckets.put("jobs/out/" + "n".repeat(300), "one");
        assertThatThrownBy(() -> store.download("out", into)).hasMessageContaining("FT0873");

        buckets.put("jobs/other/a", "one");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> store.download("other", file)).hasMessageContaining("FT0873");
    }

    @Test
    void tellsThatTheDiskIsFull() {
        assertThat(StoreErrors.local(new IOException("No space left on device"), into.resolve("a")))
                .hasMessageContaining("FT0868");
    }

    @Test
    void removesWhatLiesBelowAPrefix() throws Exception {
        for (int i = 0; i < 1001; i++) {
            buckets.put("jobs/old/" + i, "x");
        }
        buckets.put("jobs/older", "x");

        store.delete("old");
        store.delete("old");

        assertThat(buckets.keys()).containsExactly("jobs/older");
        assertThatThrownBy(() -> store.delete("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete("s3://my-bucket/")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete("s3://my-bucket/jobs")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.list("s3://other/jobs")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesUpUploadsBelowAPrefixThatItRemoves() throws Exception {
        Path file = buckets.file("large/model", 65 * MIB);
        buckets.aws().faults().denyAccess("CompleteMultipartUpload", 1);
        assertThatThrownBy(() -> store.stage(file)).hasMessageContaining("FT0864");
        assertThat(buckets.aws().s3().files()).isPositive();

        store.delete("inputs");

        assertThat(buckets.aws().s3().files()).isZero();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.walk(into)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> into.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findFirst().orElseThrow();
        }
    }
}
