package dev.finetune4j.azure.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes with a heap smaller than a file stage it, one being killed within it and the next going on where it was, and bring it home. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // before each test
class SmallHeapTransferTest {
    private static final int CHUNK = 1 << 20;
    private static final int MEBIBYTES_OF_A_BLOCK = 16;
    private static final int IN_FLIGHT = 4;

    @TempDir
    private Path folder;

    private final AtomicInteger blocks = new AtomicInteger();

    private Azurite blobs;
    private OfflineAzure azure;

    @BeforeEach
    void start() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
        azure = OfflineAzure.start(
                Workspace.sample(),
                Clock.systemUTC(),
                AzurePace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                blobs);
        blobs.guardedBy((operation, account, container) -> {
            if (operation.contains("StageBlock")) {
                blocks.incrementAndGet();
            }
            return true;
        });
    }

    @AfterEach
    void end() {
        azure.close();
        blobs.close();
    }

    @Test
    void stageAndFetchAFileThatIsLarger() throws Exception {
        Path file = write(4);

        assertThat(start(Stage.class, file.toString()).waitFor()).isZero();

        assertThat(blocks).hasValue(4);
        assertFetched(file);
    }

    @Test
    void goOnWithTheBlocksThatAreThere() throws Exception {
        int all = 12;
        Path file = write(all);

        Process killed = start(Stage.class, file.toString());
        while (blocks.get() < 8 && killed.isAlive()) {
            Thread.sleep(2);
        }
        killed.destroyForcibly().waitFor();
        int before = blocks.get();
        assertThat(start(Stage.class, file.toString()).waitFor()).isZero();

        assertThat(before).isBetween(8, all);
        assertThat(blocks.get())
                .as("sent in all; only what was on its way is sent again")
                .isBetween(all, all + IN_FLIGHT);
        assertFetched(file);
    }

    private void assertFetched(Path file) throws Exception {
        String staged = store(azure.variables(), azure.store(), folder).stagedName(file);
        Path into = folder.resolve("into");
        assertThat(start(Fetch.class, staged, into.toString()).waitFor()).isZero();
        assertThat(into.resolve("weights")).hasSameBinaryContentAs(file);
    }

    /** A file of so many blocks, of which the last is smaller than the others. */
    private Path write(int count) throws IOException {
        Path file = folder.resolve("weights");
        Random random = new Random(count);
        byte[] chunk = new byte[CHUNK];
        try (OutputStream to = Files.newOutputStream(file)) {
            for (int i = 0; i < count * MEBIBYTES_OF_A_BLOCK - 2; i++) {
                random.nextBytes(chunk);
                to.write(chunk);
            }
        }
        return file;
    }

    private static BlobStore store(Map<String, String> environment, String address, Path home) {
        return BlobStore.open(
                BlobAddress.parse(address + "/prefix").orElseThrow(),
                AzureConnection.open(Map.of(), new ProviderContext(home, environment, Clock.systemUTC())));
    }

    /** Another process of the caller, with a heap smaller than the file. */
    private Process start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                azure.store()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(azure.variables());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Stages a file. */
    static final class Stage {
        private Stage() {}

        public static void main(String[] arguments) {
            var unused = store(System.getenv(), arguments[0], Path.of("home")).stage(Path.of(arguments[1]));
        }
    }

    /** Brings a folder home. */
    static final class Fetch {
        private Fetch() {}

        public static void main(String[] arguments) {
            var unused =
                    store(System.getenv(), arguments[0], Path.of("home")).download(arguments[1], Path.of(arguments[2]));
        }
    }
}
