package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Channels come as folders and as streams, of prefixes and of manifests. */
@Timeout(
        value = 30,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // nothing else ends a read of a pipe that nobody writes to
class InputChannelTest {
    private static final String BUCKET = "s3://my-bucket/";

    @TempDir
    private Path folder;

    private final ObjectNode body = JobBody.onDemand("job-1");
    private final ObjectNode channel = (ObjectNode) body.at("/InputDataConfig/0");
    private final ObjectNode source = (ObjectNode) channel.at("/DataSource/S3DataSource");
    private OfflineS3 store;
    private MachineFolder machine;

    @BeforeEach
    void open() throws IOException {
        store = new OfflineS3(folder.resolve("s3"), "123456789012", "eu-central-1", Clock.systemUTC())
                .createBucket("my-bucket");
        for (String name : List.of("a", "b", "deep/c")) {
            put("inputs/data/" + name, name + "\n");
        }
        JobRequest job = new JobRequest(body);
        machine = new MachineFolder(
                Files.createDirectory(folder.resolve("machine-1")), job, store, new JobResults(job, store));
    }

    @AfterEach
    void release() {
        machine.release();
    }

    @Test
    void bringsWhatAManifestNames() throws Exception {
        put("lists/one", "[{\"prefix\": \"" + BUCKET + "inputs/data/\"}, \"b\", \"deep/c\"]");
        ofType("ManifestFile", "lists/one");

        machine.layOut();

        assertThat(data("data/b")).hasContent("b");
        assertThat(data("data/deep/c")).hasContent("deep/c");
        assertThat(data("data/a")).doesNotExist();
    }

    @Test
    void sharesOutWhatAManifestNames() throws Exception {
        put("lists/one", "[{\"prefix\": \"" + BUCKET + "inputs/data/\"}, \"b\", \"deep/c\"]");
        ofType("ManifestFile", "lists/one");
        source.put("S3DataDistributionType", "ShardedByS3Key");
        body.withObject("/ResourceConfig").put("InstanceCount", 2);

        machine.layOut();

        assertThat(data("data/b")).exists();
        assertThat(data("data/deep/c")).doesNotExist();
    }

    @Test
    void saysWhatIsWrongWithAManifest() throws Exception {
        ofType("ManifestFile", "lists/one");
        assertThatThrownBy(machine::layOut)
                .hasMessageContaining("Data download failed: ")
                .hasMessageContaining("one");

        for (String bad : List.of("{", "[]", "[\"b\"]", "[{\"prefix\": \"" + BUCKET + "\"}, 3]")) {
            put("lists/one", bad);
            assertThatThrownBy(machine::layOut)
                    .as(bad)
                    .hasMessageStartingWith(
                            "Data download failed: the manifest file is invalid: " + BUCKET + "lists/one");
        }
        put("lists/one", "[{\"prefix\": \"" + BUCKET + "inputs/data/\"}, \"none\"]");
        assertThatThrownBy(machine::layOut)
                .hasMessageContaining("Data download failed: ")
                .hasMessageContaining("none");
        put("lists/one", "[{\"prefix\": \"" + BUCKET + "inputs/data/../data/\"}, \"../../../../a\"]");
        put("inputs/data/../data/../../../../a", "x");
        assertThatThrownBy(machine::layOut).hasMessageContaining("leads out of its folder");
    }

    @Test
    void streamsAChannelAnewInEachEpoch() throws Exception {
        channel.put("InputMode", "Pipe");

        machine.layOut();

        assertThat(Files.readString(data("data_0"))).isEqualTo("a\nb\ndeep/c\n");
        assertThat(Files.readString(data("data_1"))).isEqualTo("a\nb\ndeep/c\n");
        assertThat(data("data")).as("no folder").doesNotExist();
    }

    @Test
    void goesOnWithTheNextEpochWhenAReaderLeaves() throws Exception {
        put("inputs/data/a", "x".repeat(1_000_000));
        channel.put("InputMode", "Pipe");
        machine.layOut();

        try (var reader = Files.newInputStream(data("data_0"))) {
            assertThat(reader.read()).isEqualTo('x');
        }

        assertThat(Files.readString(data("data_1"))).hasSize(1_000_000 + 2 + 7);
    }

    @Test
    void shufflesAStreamAnewForEachEpochAndTheSameWayForOneSeed() throws Exception {
        for (int i = 0; i < 20; i++) {
            put("inputs/data/" + i, i + "\n");
        }
        channel.put("InputMode", "Pipe").putObject("ShuffleConfig").put("Seed", 7);

        machine.layOut();

        List<String> first = Files.readAllLines(data("data_0"));
        assertThat(Files.readAllLines(data("data_1")))
                .hasSize(23)
                .containsAll(first)
                .isNotEqualTo(first);
        machine.release();
        JobRequest job = new JobRequest(body);
        Path again = Files.createDirectory(folder.resolve("machine-2"));
        machine = new MachineFolder(again, job, store, new JobResults(job, store));
        machine.layOut();
        assertThat(Files.readAllLines(again.resolve("input/data/data_0"))).isEqualTo(first);
    }

    @Test
    void unpacksWhatItStreams() throws Exception {
        for (String name : List.of("a", "b", "deep/c")) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(name.getBytes(StandardCharsets.UTF_8));
            }
            put("inputs/data/" + name, packed.toByteArray());
        }
        channel.put("InputMode", "Pipe").put("CompressionType", "Gzip");

        machine.layOut();

        assertThat(Files.readString(data("data_0"))).isEqualTo("abdeep/c");
    }

    @Test
    void saysThatNothingIsPacked() {
        channel.put("InputMode", "Pipe").put("CompressionType", "Gzip");

        assertThatThrownBy(machine::layOut)
                .hasMessage(
                        "Data download failed: s3://my-bucket/inputs/data/a is not packed with gzip, as CompressionType says");
    }

    @Test
    void wrapsEachObjectInARecord() throws Exception {
        channel.put("InputMode", "Pipe").put("RecordWrapperType", "RecordIO");

        machine.layOut();

        assertThat(HexFormat.of().formatHex(Files.readAllBytes(data("data_0"))))
                .isEqualTo(
                        "0a23d7ce02000000610a0000" + "0a23d7ce02000000620a0000" + "0a23d7ce07000000646565702f630a00");
    }

    @Test
    void streamsTheAttributesOfAnAugmentedManifest() throws Exception {
        put("lists/rows", """
                {"source-ref": "s3://my-bucket/inputs/data/b", "label": 3, "words": "yes"}

                {"source-ref": "s3://my-bucket/inputs/data/a", "label": 4, "words": "no", "more": {}}
                """);
        ofType("AugmentedManifestFile", "lists/rows");
        source.putArray("AttributeNames").add("source-ref").add("label").add("words");
        channel.put("InputMode", "Pipe");

        machine.layOut();

        assertThat(Files.readString(data("data_0"))).isEqualTo("b\n3yesa\n4no");
    }

    @Test
    void saysWhichAttributesAnAugmentedManifestLacks() throws Exception {
        put("lists/rows", "{\"label\": 3}\n");
        ofType("AugmentedManifestFile", "lists/rows");
        source.putArray("AttributeNames").add("source-ref");
        channel.put("InputMode", "Pipe");

        assertThatThrownBy(machine::layOut)
                .hasMessage(
                        "Data download failed: the augmented manifest file is invalid: each line of s3://my-bucket/lists/rows must"
                                + " be a JSON object with [source-ref]");
    }

    private void ofType(String type, String key) {
        source.put("S3DataType", type).put("S3Uri", BUCKET + key);
    }

    private Path data(String name) {
        return folder.resolve("machine-1/input/data").resolve(name);
    }

    private void put(String key, String text) throws IOException {
        put(key, text.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String key, byte[] content) throws IOException {
        store.upload(Files.write(folder.resolve("staged"), content), BUCKET + key);
    }
}
