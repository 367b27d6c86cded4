package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobAddress;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.contract.JobFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A workspace in this process with scripted workers, on a clock on which hours take no time, and jobs for it. */
final class OfflineWorkspace implements AutoCloseable {
    private static final Workspace WORKSPACE = Workspace.sample();

    /** Of the container, for files of jobs. */
    private static final String FOLDER = "/finetune";

    final VirtualClock clock = new VirtualClock();
    final OfflineAzure azure;
    final Path home;
    final JobFolder files;

    OfflineWorkspace(Path home, Azurite blobs) throws IOException {
        this(home, blobs, new ScriptedCommand(blobs.store(), home));
    }

    OfflineWorkspace(Path home, Azurite blobs, Container container) throws IOException {
        this.home = home;
        azure = OfflineAzure.start(WORKSPACE, clock, AzurePace.LIFELIKE, container, blobs);
        files = JobFolder.in(home);
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
                "store", azure.store() + FOLDER,
                "machine", "Standard_NC24ads_A100_v4");
    }

    /** With its credentials. */
    AzureConnection connection() {
        return AzureConnection.open(settings(), new ProviderContext(home, azure.variables(), clock));
    }

    /** The files of its jobs. */
    BlobStore store() {
        return BlobStore.open(BlobAddress.parse(azure.store() + FOLDER).orElseThrow(), connection());
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
        return files.job(name, hours);
    }

    @Override
    public void close() {
        azure.close();
    }
}
