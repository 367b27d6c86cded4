package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.data.Part;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.Container;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A workspace in this process with scripted workers, on a clock on which hours take no time, and jobs for it. */
final class OfflineWorkspace implements AutoCloseable {
    private static final Workspace WORKSPACE = Workspace.sample();

    final VirtualClock clock = new VirtualClock();
    final OfflineAzure azure;
    final Path home;

    OfflineWorkspace(Path home, Azurite blobs) throws IOException {
        this(home, blobs, new ScriptedCommand(blobs.store(), home));
    }

    OfflineWorkspace(Path home, Azurite blobs, Container container) throws IOException {
        this.home = home;
        azure = OfflineAzure.start(WORKSPACE, clock, AzurePace.LIFELIKE, container, blobs);
        Files.writeString(Files.createDirectories(home.resolve("data")).resolve(Part.TRAIN.fileName()), "{}\n");
        Files.writeString(Files.createDirectories(home.resolve("model")).resolve("config.json"), "{}");
        Files.writeString(home.resolve("worker.tar.gz"), "a worker");
    }

    /** Azurite, installed once for all modules. */
    static Azurite blobs() throws IOException {
        return Azurite.start(Path.of("../../target/azurite"));
    }

    /** What a job file says of it. */
    Map<String, String> settings() {
        return Map.of(
                "subscription", WORKSPACE.subscription(),
                "resource-group", WORKSPACE.resourceGroup(),
                "workspace", WORKSPACE.name(),
                "region", WORKSPACE.region(),
                "store", azure.store() + "/finetune",
                "machine", "Standard_NC24ads_A100_v4");
    }

    /** With its credentials. */
    AzureConnection connection() {
        return AzureConnection.open(settings(), new ProviderContext(home, azure.variables(), clock));
    }

    Provider open() {
        return openWith(Map.of());
    }

    Provider openWith(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(settings());
        settings.putAll(others);
        return new AzureMlProviderFactory().open(new ProviderContext(home, azure.variables(), clock), settings);
    }

    /** As somebody who knows another secret. */
    Provider openAs(String secret) {
        Map<String, String> variables = new HashMap<>(azure.variables());
        variables.put("AZURE_CLIENT_SECRET", secret);
        return new AzureMlProviderFactory().open(new ProviderContext(home, variables, clock), settings());
    }

    /** A job that trains so many hours, without a time limit. */
    Submission.Builder job(String name, double hours) {
        TrainingSpec training = TrainingSpec.builder().epochs(hours).build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tiny", "c0ffee"));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef("tiny"),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.MODEL_CHANNEL, home.resolve("model"))
                .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                .channel(WorkOrder.WORKER_CHANNEL, home.resolve("worker.tar.gz"))
                .label(Submission.RUN_LABEL, name);
    }

    @Override
    public void close() {
        azure.close();
    }
}
