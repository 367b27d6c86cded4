package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Stock;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;

/**
 * Azure Machine Learning in one resource group: a workspace and a registry that are there from the start, and workspaces that are made. Safe for
 * use by several threads.
 */
public final class OfflineMachineLearning {
    /** The registry. */
    public static final String REGISTRY = RegistryData.NAME;

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}";
    private static final String TYPE = "Microsoft.MachineLearningServices/workspaces";

    private final Workspace first;
    private final Clock clock;
    private final AzurePace pace;
    private final Container container;
    private final BlobStore store;
    private final Function<String, Optional<ObjectNode>> resources;
    private final Stock stock = new Stock();
    private final CoreQuotas quotas = new CoreQuotas();
    private final List<String> soldOut = new ArrayList<>();
    private final Map<String, WorkspaceServices> workspaces = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** Names of workspaces that were deleted and are kept. */
    private final Set<String> deleted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    private final RegistryData registry;
    private Duration listedAfter = Duration.ZERO;

    /**
     * The service.
     *
     * @param workspace the first workspace
     * @param clock by which jobs live; may be virtual
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param store where the first workspace stores, with other accounts beside it
     * @param resources what is told of the resource of an id, which a workspace is made of; empty if there is none
     */
    public OfflineMachineLearning(
            Workspace workspace,
            Clock clock,
            AzurePace pace,
            Container container,
            BlobStore store,
            Function<String, Optional<ObjectNode>> resources) {
        first = workspace;
        this.clock = clock;
        this.pace = pace;
        this.container = container;
        this.store = store;
        this.resources = resources;
        registry = new RegistryData(workspace, store, clock);
        ObjectNode body = Json.records().createObjectNode().put("location", workspace.region());
        body.putObject("identity").put("type", "SystemAssigned");
        String below = "/subscriptions/" + workspace.subscription() + "/resourceGroups/" + workspace.resourceGroup()
                + "/providers/";
        body.putObject("properties")
                .put("friendlyName", workspace.name())
                .put("storageAccount", SystemData.storageAccount(workspace, store))
                .put("keyVault", below + "Microsoft.KeyVault/vaults/offline")
                .put("applicationInsights", below + "Microsoft.Insights/components/offline")
                .put("publicNetworkAccess", "Enabled");
        add(workspace, body, store);
    }

    private WorkspaceServices add(Workspace workspace, ObjectNode body, BlobStore account) {
        WorkspaceServices services = new WorkspaceServices(
                workspace, body, clock, pace, stock, quotas, this::lack, container, account, registry);
        services.jobs().listAfter(listedAfter);
        workspaces.put(workspace.name(), services);
        return services;
    }

    /** What can be asked for, one after the other, each at its own time. */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>(List.of(
                Operation.management("Workspaces_Get", "GET", Workspace.PATH, this::get),
                Operation.management("Workspaces_CreateOrUpdate", "PUT", Workspace.PATH, this::put),
                Operation.management("Workspaces_Delete", "DELETE", Workspace.PATH, this::delete),
                Operation.open("Discovery", "GET", "/discovery", this::discovery)));
        Objects.requireNonNull(workspaces.get(first.name())).operations().stream()
                .map(operation -> new Operation(
                        operation.name(),
                        operation.route(),
                        operation.door(),
                        call -> asked(call).handler(operation.name()).answer(call)))
                .forEach(operations::add);
        operations.addAll(Curated.operations());
        operations.addAll(registry.operations());
        operations.addAll(new Capacity(first, quotas::all, this::coresUsed).operations());
        return operations.stream().map(this::guarded).toList();
    }

    private Operation guarded(Operation operation) {
        return new Operation(operation.name(), operation.route(), operation.door(), call -> {
            synchronized (this) {
                goOn();
                return operation.handler().answer(call);
            }
        });
    }

    /** What takes a while has the workspace's name before its own. */
    private WorkspaceServices asked(AzureCall call) throws ServiceError {
        String[] operation = call.label("operationId").split(":", -1);
        return existing(operation.length == 3 ? operation[1] : call.label("workspaceName"));
    }

    private WorkspaceServices existing(String name) throws ServiceError {
        WorkspaceServices services = workspaces.get(name);
        if (services == null) {
            throw AzureErrors.noResource(TYPE, name, first.resourceGroup());
        }
        return services;
    }

    private void goOn() {
        workspaces.values().forEach(one -> one.jobs().advance());
    }

    private List<CommandJob> all() {
        return workspaces.values().stream()
                .flatMap(one -> one.jobs().all().stream())
                .toList();
    }

    private Optional<CommandJob> find(String job) {
        return workspaces.values().stream()
                .flatMap(one -> one.jobs().find(job).stream())
                .findFirst();
    }

    /** The workspace that a job is in: the last one that has a job of this name. */
    public synchronized Workspace workspaceOf(String job) {
        return workspaces.values().stream()
                .filter(one -> one.jobs().find(job).isPresent())
                .max(Comparator.comparing(
                        one -> one.jobs().find(job).orElseThrow().createdAt()))
                .map(WorkspaceServices::workspace)
                .orElse(first);
    }

    /** From now on the account of the first workspace's store takes tokens only. */
    public synchronized void refuseKeys() {
        Objects.requireNonNull(workspaces.get(first.name())).refuseKeys();
    }

    /** From now on no machine of a size is free. */
    public synchronized void sellOut(String vmSize) {
        goOn();
        soldOut.add(known(vmSize));
        stock.sellOut(known(vmSize));
    }

    /** From now on there are machines of a size again. */
    public synchronized void restock(String vmSize) {
        goOn();
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
        goOn();
        CommandJob found = find(job)
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
        goOn();
        find(job)
                .orElseThrow(() -> new IllegalStateException("there is no job " + job))
                .cancel(clock.instant());
    }

    /**
     * Removes a job that has ended.
     *
     * @throws IllegalStateException if there is no such job, or it has not ended
     */
    public synchronized void delete(String job) {
        goOn();
        CommandJob ended = find(job)
                .filter(found -> found.status().isTerminal())
                .orElseThrow(() -> new IllegalStateException(job + " is no job that has ended"));
        workspaces.values().forEach(one -> one.jobs().remove(ended));
    }

    /**
     * From now on so many cores of a family may be used, and no more.
     *
     * @param family such as {@code standardNCADSA100v4Family}, or {@code LowPriority} for all spot machines
     * @throws IllegalArgumentException if there is no such family
     */
    public synchronized void quota(String family, int cores) {
        goOn();
        quotas.set(family, cores, clock.instant());
    }

    /** From now on a list of jobs does not know a job for so long after it was made, though whoever asks for it by its id is told of it. */
    public synchronized void listAfter(Duration time) {
        listedAfter = time;
        workspaces.values().forEach(one -> one.jobs().listAfter(time));
    }

    /** What the jobs of all workspaces that are there are billed for so far, workspace by workspace, those first that were made first. */
    public synchronized List<JobBill> bill() {
        goOn();
        return workspaces.values().stream()
                .flatMap(one -> one.jobs().bill().stream())
                .toList();
    }

    /** Lets everything happen that is due by now, though nobody asks. */
    public void advance() throws IOException {
        List<JobLog> logs;
        synchronized (this) {
            goOn();
            logs = all().stream().map(CommandJob::log).toList();
        }
        for (JobLog log : logs) {
            log.flush();
        }
    }

    /** Ends all containers at once. */
    public synchronized void shutDown() {
        all().forEach(CommandJob::shutDown);
    }

    /** Why a cluster has no machines, if it can have none. */
    private Optional<JobError> lack(Machines machines) {
        if (machines.cores() > quotas.limit(machines.quota())) {
            return Optional.of(CommandJob.overQuota(machines, quotas));
        }
        return soldOut.contains(machines.size().name()) ? Optional.of(CommandJob.soldOut(machines)) : Optional.empty();
    }

    private Map<String, Integer> coresUsed() {
        Map<String, Integer> used = new HashMap<>();
        all().stream()
                .filter(job -> job.status().hasMachines())
                .forEach(
                        job -> used.merge(job.machines().quota(), job.machines().cores(), Integer::sum));
        return used;
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, described(existing(call.label("workspaceName")), call));
    }

    /** Makes one with the stores of its first day in an account that is there, or changes what is told of it. */
    private Answer put(AzureCall call) throws ServiceError, IOException {
        ObjectNode body = call.json();
        String name = call.label("workspaceName");
        if (!name.matches(NAME)) {
            throw AzureErrors.invalid(
                    "ValidationError",
                    "The workspace name '" + name
                            + "' is invalid: it must be 3 to 33 letters, digits, '-' or '_' that begin with a letter or digit.");
        }
        if (body.path("location").asText().isEmpty()) {
            throw AzureErrors.invalid("LocationRequired", "The location property is required for this definition.");
        }
        JsonNode properties = body.path("properties");
        for (String part : List.of("storageAccount", "keyVault")) {
            if (resources.apply(properties.path(part).asText()).isEmpty()) {
                throw AzureErrors.invalid(
                        "ValidationError",
                        "Missing dependent resources in workspace json: " + part + " '"
                                + properties.path(part).asText() + "' is not there.");
            }
        }
        tellIdentities(body.at("/identity/userAssignedIdentities"));
        WorkspaceServices existing = workspaces.get(name);
        if (existing != null) {
            refuseMove(existing, body);
            existing.description().setAll(body);
            return AzureProtocol.json(OK, described(existing, call));
        }
        if (deleted.contains(name)) {
            throw AzureErrors.invalid(
                    "BadRequest", "Soft-deleted workspace exists. Please purge or recover it. Workspace: " + name);
        }
        BlobStore account = store.of(properties.path("storageAccount").asText().replaceFirst(".*/", ""));
        for (String needed : Datastores.containers()) {
            account.createContainer(needed);
        }
        Workspace workspace = new Workspace(
                first.subscription(),
                first.resourceGroup(),
                name,
                body.path("location").asText());
        return AzureProtocol.json(CREATED, described(add(workspace, body, account), call));
    }

    private static void refuseMove(WorkspaceServices existing, JsonNode body) throws ServiceError {
        for (String fixed : List.of("/location", "/properties/storageAccount", "/properties/keyVault")) {
            if (!existing.description()
                    .at(fixed)
                    .asText()
                    .equalsIgnoreCase(body.at(fixed).asText())) {
                throw AzureErrors.invalid(
                        "ValidationError", "The " + fixed + " of a workspace that is there cannot be changed.");
            }
        }
    }

    /** Its name is kept, until it is purged, which {@code forceToPurge} does at once. */
    private Answer delete(AzureCall call) {
        String name = call.label("workspaceName");
        WorkspaceServices there = workspaces.remove(name);
        if (there != null) {
            there.jobs().all().forEach(CommandJob::shutDown);
        }
        if (call.query("forceToPurge").equalsIgnoreCase("true")) {
            return Answer.empty(deleted.remove(name) || there != null ? OK : NO_CONTENT, Map.of());
        }
        if (there != null) {
            deleted.add(name);
        }
        return Answer.empty(there != null ? OK : NO_CONTENT, Map.of());
    }

    /** Of each that it is given, what everybody is told who may see the workspace. */
    private void tellIdentities(JsonNode identities) {
        for (Map.Entry<String, JsonNode> given : identities.properties()) {
            ObjectNode told = Json.records().createObjectNode();
            resources.apply(given.getKey()).ifPresent(identity -> {
                for (String id : List.of("principalId", "clientId")) {
                    told.put(id, identity.at("/properties/" + id).asText());
                }
            });
            given.setValue(told);
        }
    }

    private static ObjectNode described(WorkspaceServices services, AzureCall call) {
        Workspace workspace = services.workspace();
        ObjectNode answer = services.description()
                .deepCopy()
                .put("id", workspace.id())
                .put("name", workspace.name())
                .put("type", TYPE)
                .put("kind", "Default");
        if (!answer.has("sku")) {
            answer.putObject("sku").put("name", "Basic").put("tier", "Basic");
        }
        if (!answer.has("tags")) {
            answer.putObject("tags");
        }
        ((ObjectNode) answer.path("properties"))
                .put(
                        "workspaceId",
                        UUID.nameUUIDFromBytes(workspace.id().getBytes(StandardCharsets.UTF_8))
                                .toString())
                .put("provisioningState", "Succeeded")
                .put("discoveryUrl", call.base() + "/discovery")
                .put(
                        "mlFlowTrackingUri",
                        call.base().replaceFirst("^https", "azureml") + "/mlflow/v1.0" + workspace.id());
        return answer;
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
