package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks whether a workspace is ready for a job: it, the store, the job's identity, the registry, the cluster and the quota. */
final class WorkspaceExamination {
    private static final String WORKSPACE = "workspace";
    private static final String STORE = "store";
    private static final String IDENTITY = "identity";
    private static final String REGISTRY = "registry";
    private static final String CLUSTER = "cluster";

    private WorkspaceExamination() {}

    static List<Diagnosis> of(AzureMlSettings settings, AzureConnection connection) {
        AzureMlOptions options = settings.options();
        CommandJobs jobs = new CommandJobs(options, connection);
        Diagnosis workspace = workspace(options, jobs);
        List<Diagnosis> all = new ArrayList<>(List.of(workspace));
        if (workspace.verdict() == Diagnosis.Verdict.OK) {
            all.add(look(STORE, () -> {
                jobs.refuseOtherStore();
                jobs.store(connection).list("doctor");
                return Diagnosis.ok(
                        STORE, options.store() + " can be read, and is the datastore " + options.datastore());
            }));
            Optional.ofNullable(options.identity())
                    .map(meant -> look(IDENTITY, () -> identity(meant, options, clients(jobs))))
                    .ifPresent(all::add);
            DataRegistry.of(options, connection)
                    .map(registry -> look(REGISTRY, () -> {
                        registry.refuseAbsent();
                        return Diagnosis.ok(REGISTRY, registry + " can be read");
                    }))
                    .ifPresent(all::add);
            Optional.ofNullable(options.compute())
                    .map(cluster -> look(CLUSTER, () -> {
                        List<String> errors = jobs.cluster(cluster).errors();
                        return errors.isEmpty()
                                ? Diagnosis.ok(CLUSTER, cluster + " has machines " + options.machine())
                                : Diagnosis.warn(
                                        CLUSTER,
                                        cluster + " got no machine when it last wanted one: " + errors.get(0),
                                        "az ml compute show --name " + cluster + " --resource-group "
                                                + options.resourceGroup() + " --workspace-name " + options.workspace());
                    }))
                    .ifPresent(all::add);
        }
        if (options.compute() != null) {
            return all; // its machines count as those of whoever made it
        }
        all.add(
                settings.all().containsKey(PlaceSettings.MACHINE)
                        ? look(MachineQuota.NAME, () -> new MachineQuota(options, jobs::ofRegion).diagnosis())
                        : Diagnosis.unknown(
                                MachineQuota.NAME,
                                "the job leaves its machine to a plan",
                                AzureMlSettings.PREFIX + "machine: Standard_NC24ads_A100_v4"));
        return all;
    }

    private static Diagnosis workspace(AzureMlOptions options, CommandJobs jobs) {
        return look(WORKSPACE, () -> {
            jobs.refuseOtherRegion();
            return Diagnosis.ok(WORKSPACE, options.workspace() + " in " + options.region());
        });
    }

    private static List<String> clients(CommandJobs jobs) {
        return jobs.identities().values().stream().filter(id -> !id.isEmpty()).toList();
    }

    /** A job may act as one that the workspace does not have; then nobody knows whether it is there. */
    private static Diagnosis identity(String meant, AzureMlOptions options, List<String> known) {
        if (known.stream().anyMatch(meant::equalsIgnoreCase)) {
            return Diagnosis.ok(IDENTITY, meant + " is an identity of " + options.workspace());
        }
        return known.isEmpty()
                ? Diagnosis.unknown(
                        IDENTITY,
                        options.workspace() + " has no identity to compare " + meant + " with",
                        "az identity list --query '[].clientId'")
                : Diagnosis.warn(
                        IDENTITY,
                        meant + " is none of " + options.workspace() + ", which has " + String.join(", ", known),
                        AzureMlSettings.PREFIX + AzureMlSettings.IDENTITY + ": " + known.get(0));
    }

    private static Diagnosis look(String name, Supplier<Diagnosis> look) {
        try {
            return look.get();
        } catch (FineTuneException e) {
            return Diagnosis.of(name, e.problems().get(0));
        }
    }
}
