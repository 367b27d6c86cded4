package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Stock;
import dev.finetune4j.offlinecloud.wire.Answer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Azure Machine Learning with one workspace. Safe for use by several threads. */
public final class OfflineMachineLearning {
    private static final int OK = 200;

    private final Workspace workspace;
    private final Clock clock;
    private final Stock stock = new Stock();
    private final CoreQuotas quotas = new CoreQuotas();
    private final List<String> soldOut = new ArrayList<>();
    private final Jobs jobs;
    private final Datastores datastores;
    private final List<Operation> operations = new ArrayList<>();

    /**
     * The service.
     *
     * @param workspace the only workspace
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param store where the workspace stores
     */
    public OfflineMachineLearning(
            Workspace workspace, Clock clock, AzurePace pace, Container container, BlobStore store) {
        this.workspace = workspace;
        this.clock = clock;
        datastores = new Datastores(workspace, store);
        Assets codes = new Assets(workspace, "codes", "Code", List.of("codeUri"), store, clock);
        Assets environments = new Assets(workspace, "environments", "Environment", List.of("image"), store, clock);
        Assets data = new Assets(workspace, "data", "Data", List.of("dataUri", "dataType"), store, clock);
        Assets models = new Assets(workspace, "models", "Model", List.of("modelUri", "modelType"), store, clock);
        Computes computes = new Computes(workspace, clock, pace, this::lack, this::runsOn);
        JobRules rules = new JobRules(workspace, codes, environments, computes);
        jobs = new Jobs(workspace, clock, pace, stock, quotas, container, store, codes, rules);
        operations.add(Operation.management("Workspaces_Get", "GET", Workspace.PATH, this::described));
        operations.add(Operation.open("Discovery", "GET", "/discovery", this::discovery));
        operations.addAll(jobs.operations());
        operations.addAll(new RunHistory(workspace, jobs).operations());
        operations.addAll(new Mlflow(jobs, Clock.systemUTC()).operations());
        operations.addAll(datastores.operations());
        for (Assets assets : List.of(codes, environments, data, models)) {
            operations.addAll(assets.operations());
        }
        operations.addAll(Curated.operations());
        operations.addAll(computes.operations());
        operations.addAll(new Capacity(workspace, quotas::all, this::coresUsed).operations());
    }

    /** What can be asked for, one after the other, each at its own time. */
    public List<Operation> operations() {
        return operations.stream().map(this::guarded).toList();
    }

    private Operation guarded(Operation operation) {
        return new Operation(operation.name(), operation.route(), operation.door(), call -> {
            synchronized (this) {
                jobs.advance();
                return operation.handler().answer(call);
            }
        });
    }

    /** From now on the account of the store takes tokens only. */
    public void refuseKeys() {
        datastores.refuseKeys();
    }

    /** From now on no machine of a size is free. */
    public synchronized void sellOut(String vmSize) {
        jobs.advance();
        soldOut.add(known(vmSize));
        stock.sellOut(known(vmSize));
    }

    /** From now on there are machines of a size again. */
    public synchronized void restock(String vmSize) {
        jobs.advance();
        soldOut.remove(known(vmSize));
        stock.restock(known(vmSize), clock.instant());
    }

    private static String known(String vmSize) {
        return VmSize.named(vmSize)
                .map(VmSize::name)
                .orElseThrow(() -> new IllegalArgumentException("there is no VM size \"" + vmSize + "\""));
    }

    /**
     * Takes the machines back from a job, which then waits for others and begins anew.
     *
     * @throws IllegalStateException if there is no such job, its machines are not spot ones, or it has none now
     */
    public synchronized void reclaim(String job) {
        jobs.advance();
        CommandJob found = jobs.find(job)
                .filter(it -> it.machines().isSpot())
                .orElseThrow(() -> new IllegalStateException(job + " is no job on spot or low-priority machines"));
        found.reclaim(clock.instant());
    }

    /**
     * Tells a job to end.
     *
     * @throws IllegalStateException if there is no such job
     */
    public synchronized void cancel(String job) {
        jobs.advance();
        jobs.find(job)
                .orElseThrow(() -> new IllegalStateException("there is no job " + job))
                .cancel(clock.instant());
    }

    /**
     * Removes a job that has ended.
     *
     * @throws IllegalStateException if there is no such job, or it has not ended
     */
    public synchronized void delete(String job) {
        jobs.advance();
        jobs.remove(jobs.find(job)
                .filter(found -> found.status().isTerminal())
                .orElseThrow(() -> new IllegalStateException(job + " is no job that has ended")));
    }

    /**
     * From now on so many cores of a family may be used, and no more.
     *
     * @param family such as {@code standardNCADSA100v4Family}, or {@code LowPriority} for all spot machines
     * @throws IllegalArgumentException if there is no such family
     */
    public synchronized void quota(String family, int cores) {
        jobs.advance();
        quotas.set(family, cores, clock.instant());
    }

    /** From now on a list of jobs does not know a job for so long after it was made, though whoever asks for it by its id is told of it. */
    public synchronized void listAfter(Duration time) {
        jobs.listAfter(time);
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public void advance() throws IOException {
        List<JobLog> logs;
        synchronized (this) {
            jobs.advance();
            logs = jobs.all().stream().map(CommandJob::log).toList();
        }
        for (JobLog log : logs) {
            log.flush();
        }
    }

    /** Ends all containers at once. */
    public synchronized void shutDown() {
        jobs.all().forEach(CommandJob::shutDown);
    }

    /** Why a cluster has no machines, if it can have none. */
    private Optional<JobError> lack(Machines machines) {
        if (machines.cores() > quotas.limit(machines.quota())) {
            return Optional.of(CommandJob.overQuota(machines, quotas));
        }
        return soldOut.contains(machines.size().name()) ? Optional.of(CommandJob.soldOut(machines)) : Optional.empty();
    }

    private List<String> runsOn(String cluster) {
        return jobs.all().stream()
                .filter(job ->
                        job.status().hasMachines() && job.machines().cluster().equals(cluster))
                .map(CommandJob::id)
                .toList();
    }

    private Map<String, Integer> coresUsed() {
        Map<String, Integer> used = new HashMap<>();
        jobs.all().stream()
                .filter(job -> job.status().hasMachines())
                .forEach(
                        job -> used.merge(job.machines().quota(), job.machines().cores(), Integer::sum));
        return used;
    }

    private Answer described(AzureCall call) {
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("id", workspace.id())
                .put("name", workspace.name())
                .put("type", "Microsoft.MachineLearningServices/workspaces")
                .put("location", workspace.region())
                .put("kind", "Default");
        answer.putObject("identity").put("type", "SystemAssigned");
        answer.putObject("sku").put("name", "Basic").put("tier", "Basic");
        answer.putObject("tags");
        String below = "/subscriptions/" + workspace.subscription() + "/resourceGroups/" + workspace.resourceGroup()
                + "/providers/";
        answer.putObject("properties")
                .put("friendlyName", workspace.name())
                .put("workspaceId", "33333333-3333-3333-3333-333333333333")
                .put("provisioningState", "Succeeded")
                .put("storageAccount", SystemData.storageAccount(workspace))
                .put("keyVault", below + "Microsoft.KeyVault/vaults/offline")
                .put("applicationInsights", below + "Microsoft.Insights/components/offline")
                .put("publicNetworkAccess", "Enabled")
                .put("discoveryUrl", call.base() + "/discovery")
                .put(
                        "mlFlowTrackingUri",
                        call.base().replaceFirst("^https", "azureml") + "/mlflow/v1.0" + workspace.id());
        return AzureProtocol.json(OK, answer);
    }

    /** Where the services of the workspace are. */
    private Answer discovery(AzureCall call) {
        ObjectNode answer = Json.records().createObjectNode();
        for (String service : List.of("api", "history", "experimentation", "catalog", "mlflow", "studio")) {
            answer.put(service, call.base());
        }
        return AzureProtocol.json(OK, answer);
    }
}
