package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Stock;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What one workspace has and does. Guarded by the service that owns it. */
final class WorkspaceServices {
    private final Workspace workspace;
    private final ObjectNode description;
    private final Datastores datastores;
    private final Jobs jobs;
    private final Map<String, Operation.Handler> handlers = new LinkedHashMap<>();
    private final List<Operation> operations;

    /**
     * A workspace without jobs.
     *
     * @param description as whoever asks for the workspace is told
     * @param stock which machines are free
     * @param quotas how many cores may be used
     * @param lack why machines cannot be had now, if they cannot
     * @param store where the workspace stores
     * @param registry whose data jobs may read
     */
    WorkspaceServices(
            Workspace workspace,
            ObjectNode description,
            Clock clock,
            AzurePace pace,
            Stock stock,
            CoreQuotas quotas,
            Function<Machines, Optional<JobError>> lack,
            Container container,
            BlobStore store,
            RegistryData registry) {
        this.workspace = workspace;
        this.description = description;
        Assets codes = new Assets(workspace, "codes", "Code", List.of("codeUri"), store, clock);
        Assets environments = new Assets(workspace, "environments", "Environment", List.of("image"), store, clock);
        Assets data = new Assets(workspace, "data", "Data", List.of("dataUri", "dataType"), store, clock);
        Assets models = new Assets(workspace, "models", "Model", List.of("modelUri", "modelType"), store, clock);
        Computes computes = new Computes(workspace, clock, pace, lack, this::runsOn);
        datastores = new Datastores(workspace, store);
        JobRules rules = new JobRules(workspace, codes, environments, computes);
        jobs = new Jobs(workspace, clock, pace, stock, quotas, container, store, datastores, registry, codes, rules);
        operations = Stream.of(
                        jobs.operations(),
                        new RunHistory(workspace, jobs).operations(),
                        new Mlflow(jobs, Clock.systemUTC()).operations(),
                        datastores.operations(),
                        codes.operations(),
                        environments.operations(),
                        data.operations(),
                        models.operations(),
                        computes.operations())
                .flatMap(List::stream)
                .toList();
        operations.forEach(operation -> handlers.put(operation.name(), operation.handler()));
    }

    Workspace workspace() {
        return workspace;
    }

    ObjectNode description() {
        return description;
    }

    /** From now on the account of the stores takes tokens only. */
    void refuseKeys() {
        datastores.refuseKeys();
    }

    Jobs jobs() {
        return jobs;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        return operations;
    }

    /** What does one of these here, by its name. */
    Operation.Handler handler(String operation) {
        return Objects.requireNonNull(handlers.get(operation));
    }

    private List<String> runsOn(String cluster) {
        return jobs.all().stream()
                .filter(job ->
                        job.status().hasMachines() && job.machines().cluster().equals(cluster))
                .map(CommandJob::id)
                .toList();
    }
}
