package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a heap smaller than a file of rows sends it to Azure OpenAI at once. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // before each test
class SmallHeapSendingTest {
    private static final int ROW_BYTES = 200_000;

    @TempDir
    private Path folder;

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
    }

    @AfterEach
    void end() {
        azure.close();
        blobs.close();
    }

    @Test
    void atOnce() throws Exception {
        assertSent(250, "-Xmx40m");

        assertThat(azure.calls().of("Files_Upload")).hasSize(1);
    }

    private void assertSent(int rows, String heap) throws Exception {
        Path file = folder.resolve("train.jsonl");
        try (Writer to = Files.newBufferedWriter(file)) {
            for (int row = 0; row < rows; row++) {
                to.write("{\"messages\":[{\"role\":\"user\",\"content\":\"" + row + "x".repeat(ROW_BYTES)
                        + "\"},{\"role\":\"assistant\",\"content\":\"billing\"}]}\n");
            }
        }
        ProcessBuilder sending = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Send.class.getName(),
                azure.openAiEndpoint().toString(),
                file.toString()));
        sending.environment().putAll(azure.variables());

        assertThat(sending.inheritIO().start().waitFor()).isZero();

        OpenAiCalls calls = calls(
                azure.openAiEndpoint().toString(), new ProviderContext(folder, azure.variables(), Clock.systemUTC()));
        String id = calls.list("files").get(0).path("id").asText();
        assertThat(calls.content("files/" + id + "/content")).hasValue(Files.readAllBytes(file));
    }

    private static AzureOpenAiOptions options(String endpoint) {
        AzureOpenAiSettings settings = new AzureOpenAiSettings(
                Map.of(
                        "endpoint",
                        endpoint,
                        "resource",
                        OfflineOpenAi.ACCOUNT,
                        "region",
                        OfflineOpenAi.REGION,
                        "scope",
                        "global",
                        "model",
                        OfflineResource.MODEL),
                Map.of());
        return settings.options(settings.someModel());
    }

    private static OpenAiCalls calls(String endpoint, ProviderContext context) {
        return new OpenAiCalls(options(endpoint), AzureConnection.open(Map.of(), context), Pause::of);
    }

    /** Sends a file. */
    static final class Send {
        private Send() {}

        public static void main(String[] arguments) {
            ProviderContext context = new ProviderContext(Path.of("home"), System.getenv(), Clock.systemUTC());
            TuningFiles files = new TuningFiles(calls(arguments[0], context), options(arguments[0]), Pause::of);
            var unused = files.ready("train.jsonl", Path.of(arguments[1]));
        }
    }
}
