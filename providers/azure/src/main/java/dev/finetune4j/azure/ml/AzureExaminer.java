package dev.finetune4j.azure.ml;

import com.azure.core.credential.TokenRequestContext;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks whether a subscription of Azure's is ready for a job at Azure ML. */
public final class AzureExaminer implements AccountExaminer {
    private static final String CREDENTIALS = "credentials";
    private static final String WORKSPACE = "workspace";
    private static final String STORE = "store";
    private static final String CLUSTER = "cluster";
    private static final String QUOTA = "quota";

    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job) {
        Map<String, String> told = job == null ? Map.of() : job.settingsOf(AzureMlProvider.ID);
        AzureMlSettings settings = new AzureMlSettings(told, context.environment());
        List<Diagnosis> all = new ArrayList<>();
        if (job != null) {
            settings.problems().stream()
                    .filter(Problem::isError)
                    .map(problem -> Diagnosis.of("settings", problem))
                    .forEach(all::add);
        }
        if (!all.isEmpty()) {
            return all;
        }
        AzureConnection connection;
        try {
            connection = AzureConnection.open(settings.all(), context);
        } catch (RuntimeException e) {
            return List.of(notGiven(e, AzureFailure.reason(e)));
        }
        Diagnosis credentials = credentials(connection, settings, context);
        all.add(credentials);
        if (job != null && credentials.verdict() == Diagnosis.Verdict.OK) {
            all.addAll(ofJob(settings, connection));
        }
        return all;
    }

    private static Diagnosis credentials(
            AzureConnection connection, AzureMlSettings settings, ProviderContext context) {
        String source = AzureConnection.source(settings.all(), context.environment());
        try {
            var unused = connection
                    .credential()
                    .getTokenSync(new TokenRequestContext()
                            .addScopes(connection.cloud().audience() + "/.default"));
            return Diagnosis.ok(
                    CREDENTIALS,
                    source + " gives tokens of " + connection.cloud().name());
        } catch (RuntimeException e) {
            return notGiven(e, source + ": " + AzureFailure.reason(e));
        }
    }

    private static Diagnosis notGiven(RuntimeException failure, String found) {
        return AzureFailure.of(failure) == AzureFailure.CREDENTIALS
                ? Diagnosis.fail(CREDENTIALS, found, "az login")
                : Diagnosis.unknown(CREDENTIALS, found, "try again");
    }

    private static List<Diagnosis> ofJob(AzureMlSettings settings, AzureConnection connection) {
        AzureMlOptions options = settings.options();
        CommandJobs jobs = new CommandJobs(options, connection);
        Diagnosis workspace = workspace(options, jobs);
        List<Diagnosis> all = new ArrayList<>(List.of(workspace));
        if (workspace.verdict() == Diagnosis.Verdict.OK) {
            all.add(look(STORE, () -> {
                jobs.refuseOtherStore();
                BlobStore.open(options.store(), connection).list("doctor");
                return Diagnosis.ok(
                        STORE, options.store() + " can be read, and is the datastore " + options.datastore());
            }));
            Optional.ofNullable(options.compute())
                    .map(cluster -> look(CLUSTER, () -> {
                        jobs.refuseOtherMachines(cluster);
                        return Diagnosis.ok(CLUSTER, cluster + " has machines " + options.machine());
                    }))
                    .ifPresent(all::add);
        }
        if (options.compute() != null) {
            return all; // its machines count as those of whoever made it
        }
        all.add(
                settings.all().containsKey(PlaceSettings.MACHINE)
                        ? look(QUOTA, () -> new MachineQuota(options, jobs).diagnosis(QUOTA))
                        : Diagnosis.unknown(
                                QUOTA,
                                "the job leaves its machine to a plan",
                                AzureMlSettings.PREFIX + "machine: Standard_NC24ads_A100_v4"));
        return all;
    }

    private static Diagnosis workspace(AzureMlOptions options, CommandJobs jobs) {
        return look(WORKSPACE, () -> {
            Optional<JsonNode> found = jobs.workspace();
            if (found.isEmpty()) {
                return Diagnosis.of(
                        WORKSPACE,
                        AzureMlErrors.noWorkspace(options.workspacePath())
                                .problems()
                                .get(0));
            }
            String region = found.get().path("location").asText().replace(" ", "");
            return region.equalsIgnoreCase(options.region())
                    ? Diagnosis.ok(WORKSPACE, options.workspace() + " in " + region)
                    : Diagnosis.fail(
                            WORKSPACE,
                            options.workspace() + " is in " + region + ", and the job in " + options.region(),
                            AzureMlSettings.PREFIX + "region: " + region);
        });
    }

    private static Diagnosis look(String name, Supplier<Diagnosis> look) {
        try {
            return look.get();
        } catch (FineTuneException e) {
            return Diagnosis.of(name, e.problems().get(0));
        }
    }
}
