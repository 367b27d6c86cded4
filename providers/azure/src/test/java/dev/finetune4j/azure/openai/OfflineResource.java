package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Azure OpenAI in this process, on a clock on which hours take no time, rows for it, and clients of it. */
final class OfflineResource implements AutoCloseable {
    static final String MODEL = "gpt-4.1-nano";

    final VirtualClock clock = new VirtualClock();
    final OfflineAzure azure;
    final Path home;

    OfflineResource(Path home, Azurite blobs) throws IOException {
        this.home = home;
        azure = OfflineAzure.start(
                Workspace.sample(),
                clock,
                AzurePace.LIFELIKE,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                blobs);
        Path data = Files.createDirectories(home.resolve("data"));
        Files.writeString(data.resolve(Part.TRAIN.fileName()), rows(16));
        Files.writeString(data.resolve(Part.VALIDATION.fileName()), rows(12));
    }

    private static String rows(int count) {
        return IntStream.range(1, count + 1)
                .mapToObj(i -> Json.line(new Example.Conversation(
                                new RowRef("tickets.jsonl", i),
                                List.of(
                                        new Message(Role.USER, "ticket " + i + ": the invoice is wrong"),
                                        new Message(Role.ASSISTANT, "billing")),
                                "billing"))
                        + "\n")
                .collect(Collectors.joining());
    }

    /** What a job file says of it. */
    Map<String, String> settings() {
        return Map.of(
                "endpoint",
                azure.openAiEndpoint().toString(),
                "resource",
                OfflineOpenAi.ACCOUNT,
                "region",
                OfflineOpenAi.REGION,
                "scope",
                "global",
                "model",
                MODEL);
    }

    Provider open() {
        return openWith(Map.of());
    }

    /** A client that waits on the clock. */
    Provider openWith(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(settings());
        settings.putAll(others);
        return new AzureOpenAiProvider(new ProviderContext(home, azure.variables(), clock), settings, clock::advance);
    }

    /** Deploys a base model, as somebody else does. */
    void deploy(String name, String model, String version) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("sku").put("name", "Standard").put("capacity", 1);
        body.putObject("properties")
                .putObject("model")
                .put("format", "OpenAI")
                .put("name", model)
                .put("version", version);
        var unused = manager().put(deployments() + "/" + name, body);
    }

    /** Takes a deployment away, as somebody else does. */
    void remove(String name) {
        manager().delete(deployments() + "/" + name);
    }

    /** Names of all that is deployed. */
    List<String> deployed() {
        return manager().list(deployments()).stream()
                .map(one -> one.path("name").asText())
                .toList();
    }

    private ArmResources manager() {
        ProviderContext context = new ProviderContext(home, azure.variables(), clock);
        return new ArmResources(AzureConnection.open(Map.of(), context), "2025-06-01");
    }

    private static String deployments() {
        Workspace workspace = Workspace.sample();
        return "/subscriptions/" + workspace.subscription() + "/resourceGroups/" + workspace.resourceGroup()
                + "/providers/Microsoft.CognitiveServices/accounts/" + OfflineOpenAi.ACCOUNT + "/deployments";
    }

    /** A job whose order has a digest of its own. */
    Submission job(String name) {
        WorkStep train = new WorkStep.Train(
                LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("openai/gpt-4.1-nano", null));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef(MODEL),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                .label(Submission.RUN_LABEL, name)
                .build();
    }

    @Override
    public void close() {
        azure.close();
    }
}
