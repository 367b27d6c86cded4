package dev.finetune4j.offlinecloud.azure;

import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.entra.AccessTokens;
import dev.finetune4j.offlinecloud.azure.entra.SignIn;
import dev.finetune4j.offlinecloud.azure.entra.SignIn.ServicePrincipal;
import dev.finetune4j.offlinecloud.azure.ml.Datastores;
import dev.finetune4j.offlinecloud.azure.ml.JobBill;
import dev.finetune4j.offlinecloud.azure.ml.OfflineMachineLearning;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiProtocol;
import dev.finetune4j.offlinecloud.azure.resources.OfflineResources;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureGate;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BlobRights;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.azure.rest.Operation.Door;
import dev.finetune4j.offlinecloud.azure.rest.ResourceCalls;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.control.ControlProtocol;
import dev.finetune4j.offlinecloud.control.Orders;
import dev.finetune4j.offlinecloud.wire.CallLog;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.OfflineServer;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Microsoft's cloud in this process, as far as it runs command jobs of Azure Machine Learning and tunes models of Azure OpenAI: the resource
 * manager with its deployments, run history, Entra ID's tokens, and Blob storage beside it, behind the real protocols over https, for any client. It lives as long
 * as it is open and keeps nothing.
 *
 * <pre>{@code
 * try (Azurite blobs = Azurite.start(Path.of("target/azurite"));
 *         OfflineAzure azure = OfflineAzure.start(
 *                 Workspace.sample(), clock, AzurePace.LIFELIKE, PlannedContainer.succeedingAfter(ofHours(3)), blobs)) {
 *     Map<String, String> environment = azure.variables(); // of any client
 * }
 * }</pre>
 */
public final class OfflineAzure implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OfflineAzure.class.getName());
    private static final long BETWEEN_LOOKS_MILLIS = 50;
    private static final String CONTROL = "/offline-cloud/control/";
    private static final int SECRET_BYTES = 20;
    private static final String TENANT = "11111111-1111-1111-1111-111111111111";
    private static final List<String> OPEN_AI_AUDIENCES = List.of("https://cognitiveservices.azure.com");
    private static final String CLIENT = "22222222-2222-2222-2222-222222222222";

    private final OfflineMachineLearning service;
    private final OfflineOpenAi openAi;
    private final OfflineResources resources;
    private final BlobStore store;
    private final Azurite blobs;
    private final ServicePrincipal principal;
    private final AccessTokens tokens;
    private final AzureGate gate;
    private final Faults faults;
    private final CallLog calls;
    private final String control;
    private final OfflineServer server;
    private final Thread life;

    private OfflineAzure(
            OfflineMachineLearning service,
            OfflineOpenAi openAi,
            OfflineResources resources,
            BlobStore store,
            Azurite blobs,
            ServicePrincipal principal,
            AccessTokens tokens,
            AzureGate gate,
            Faults faults,
            CallLog calls,
            String control,
            OfflineServer server) {
        this.service = service;
        this.openAi = openAi;
        this.resources = resources;
        this.store = store;
        this.blobs = blobs;
        this.principal = principal;
        this.tokens = tokens;
        this.gate = gate;
        this.faults = faults;
        this.calls = calls;
        this.control = control;
        this.server = server;
        life = new Thread(this::live, "offline-cloud life");
        life.setDaemon(true);
        life.start();
    }

    /** On a clock that goes by itself something happens whether anybody asks or not. */
    private void live() {
        try {
            while (true) {
                lookAfter();
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void lookAfter() {
        try {
            openAi.advance();
            resources.advance();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Azure OpenAI or a deployment could not go on", e);
        }
        try {
            service.advance();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a log could not be stored", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Azure Machine Learning could not go on", e);
        }
    }

    /**
     * Opens it on a free port of the loopback address, with a store that is empty.
     *
     * @param workspace the only one that there is at first; its subscription and group are the only ones
     * @param clock by which jobs live; may be virtual, where tokens and links always go by the real one
     * @param pace how long it takes for what is not training
     * @param container what jobs run
     * @param blobs the store, for this cloud only; the caller closes it after this
     * @throws IOException if no port can be had, or the store fails
     */
    public static OfflineAzure start(
            Workspace workspace, Clock clock, AzurePace pace, Container container, Azurite blobs) throws IOException {
        BlobStore store = blobs.store();
        store.clear();
        for (String name : Datastores.containers()) {
            store.createContainer(name);
        }
        ServicePrincipal principal = new ServicePrincipal(TENANT, CLIENT, secret());
        AccessTokens tokens = new AccessTokens(TENANT, Clock.systemUTC());
        AzureGate gate = new AzureGate(CLIENT, clock);
        List<Operation> operations = new ArrayList<>();
        ResourceCalls resourceCalls = new ResourceCalls(() -> operations, gate);
        OfflineMachineLearning service =
                new OfflineMachineLearning(workspace, clock, pace, container, store, resourceCalls::find);
        String suffix = Datastores.endpoint(store);
        OfflineResources resources =
                new OfflineResources(workspace, TENANT, clock, pace.deployment(), suffix, store, resourceCalls, gate);
        OfflineOpenAi openAi = new OfflineOpenAi(workspace, clock, pace.openAi());
        operations.addAll(new SignIn(principal, tokens, suffix).operations());
        operations.addAll(resources.operations());
        operations.addAll(service.operations());
        operations.addAll(openAi.operations());
        Faults faults = new Faults(AzureErrors.wording(), clock);
        CallLog calls = new CallLog();
        String control = CONTROL + secret(); // none that jobs know
        OfflineServer server = OfflineServer.start(
                List.of(
                        new ControlProtocol(control, new Orders(service, openAi, faults), calls),
                        new OpenAiProtocol(
                                openAi, authorization -> tokens.check(authorization, OPEN_AI_AUDIENCES), CLIENT),
                        new AzureProtocol(workspace, operations, TENANT, (door, authorization, base) -> {
                            if (door != Door.OPEN) {
                                tokens.check(authorization, audiences(door, base));
                            }
                        })),
                gate,
                faults,
                calls,
                blobs.certificate().server());
        OfflineAzure azure = new OfflineAzure(
                service, openAi, resources, store, blobs, principal, tokens, gate, faults, calls, control, server);
        container.connect(azure::variablesOf);
        blobs.guardedBy(
                (operation, account, name) -> gate.isAllowed(BlobRights.of(workspace, operation, account, name)));
        return azure;
    }

    private static List<String> audiences(Door door, String base) {
        List<String> audiences =
                new ArrayList<>(List.of("https://management.core.windows.net/", "https://management.azure.com/", base));
        if (door == Door.WORKSPACE) {
            audiences.add("https://ml.azure.com/");
        }
        return audiences;
    }

    /** Nobody else on this machine can guess it: containers may be real, and then a job is a command. */
    private static String secret() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Where clients find it. */
    public URI endpoint() {
        return server.endpoint();
    }

    /**
     * Where programs that are not Java order what is to go wrong: {@code POST} of {@code {"do": "sell-out", "machine": "Standard_D4s_v3"}}, and
     * {@code GET} of the calls that were made.
     */
    public URI control() {
        return endpoint().resolve(control);
    }

    /**
     * Where the first resource of Azure OpenAI is, without a slash at the end: what clients call the endpoint of Azure, as
     * {@code AzureOpenAI(azure_endpoint=...)} does. With {@code /openai/v1} it is the base of clients that know OpenAI only.
     */
    public URI openAiEndpoint() {
        return endpoint().resolve("/" + OfflineOpenAi.ACCOUNT);
    }

    /** Azure OpenAI, to set its pace, limits and prices, and to let its jobs fail. */
    public OfflineOpenAi openAi() {
        return openAi;
    }

    /** What a job file names as its store: the container of the default datastore. */
    public String store() {
        return store.account() + "/" + Datastores.JOBS;
    }

    /** What a job file names as its {@code data-registry}: the only registry, which is in the workspace's group. */
    public String registry() {
        return OfflineMachineLearning.REGISTRY;
    }

    /** Variables by which any client finds it, trusts it, and signs in. They hold a secret. */
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        String certificate = blobs.certificate().authorities().toString();
        variables.put("ARM_CLOUD_METADATA_URL", endpoint() + "/metadata/endpoints?api-version=2019-05-01");
        variables.put("AZURE_AUTHORITY_HOST", endpoint().toString());
        variables.put("AZURE_TENANT_ID", principal.tenant());
        variables.put("AZURE_CLIENT_ID", principal.client());
        variables.put("AZURE_CLIENT_SECRET", principal.secret());
        variables.put("SSL_CERT_FILE", certificate);
        variables.put("REQUESTS_CA_BUNDLE", certificate);
        return Collections.unmodifiableMap(variables);
    }

    /** What a job's process finds the cloud by, and what it is told of itself. */
    private Map<String, String> variablesOf(String job) {
        Workspace workspace = service.workspaceOf(job);
        Map<String, String> variables = new LinkedHashMap<>(variables());
        variables.put("AZUREML_RUN_ID", job);
        variables.put("AZUREML_ROOT_RUN_ID", job);
        variables.put("AZUREML_ARM_SUBSCRIPTION", workspace.subscription());
        variables.put("AZUREML_ARM_RESOURCEGROUP", workspace.resourceGroup());
        variables.put("AZUREML_ARM_WORKSPACE_NAME", workspace.name());
        variables.put("AZUREML_ARM_PROJECT_NAME", "Default");
        variables.put("AZUREML_EXPERIMENT_SCOPE", workspace.id() + "/experiments/Default");
        variables.put("AZUREML_SERVICE_ENDPOINT", endpoint().toString());
        variables.put(
                "MLFLOW_TRACKING_URI", "azureml://" + endpoint().getAuthority() + "/mlflow/v1.0" + workspace.id());
        String token = tokens.issue(principal.client(), "https://ml.azure.com/");
        variables.put("MLFLOW_TRACKING_TOKEN", token);
        variables.put("AZUREML_RUN_TOKEN", token);
        variables.put("MLFLOW_RUN_ID", job);
        return variables;
    }

    /** What is to go wrong with the next calls. */
    public Faults faults() {
        return faults;
    }

    /**
     * From now on the caller may do what role definitions say, as {@code az role definition create} takes them, wherever they can be assigned,
     * of the store, too.
     */
    public void restrictCaller(String... definitions) {
        gate.restrict(definitions);
    }

    /** The caller gets roles besides those of {@link #restrictCaller}, which are not known everywhere for a while. */
    public void assignCaller(Duration untilKnown, String... definitions) {
        gate.assign(untilKnown, definitions);
    }

    /** Somebody else has a storage account of this name from now on, as one of all subscriptions. */
    public void takeStorageAccount(String name) {
        resources.takeStorageAccount(name);
    }

    /** Somebody else has a key vault of this name from now on, as one of all subscriptions. */
    public void takeKeyVault(String name) {
        resources.takeKeyVault(name);
    }

    /** The calls so far. Those to the store are not among them. */
    public CallLog calls() {
        return calls;
    }

    /** From now on no datastore gives a key or a signature, as where the account's shared keys are off; the store itself goes on taking them. */
    public void refuseKeys() {
        service.refuseKeys();
    }

    /** From now on no machine of a size is free. */
    public void sellOut(String vmSize) {
        service.sellOut(vmSize);
    }

    /** From now on there are machines of a size again. */
    public void restock(String vmSize) {
        service.restock(vmSize);
    }

    /**
     * Takes the machines back from a job, which then waits for others and begins anew.
     *
     * @throws IllegalStateException if there is no such job, its machines are not spot ones, or it has none now
     */
    public void reclaim(String job) {
        service.reclaim(job);
    }

    /**
     * Tells a job to end, as somebody does in the studio.
     *
     * @throws IllegalStateException if there is no such job
     */
    public void cancel(String job) {
        service.cancel(job);
    }

    /**
     * Removes a job that has ended, as somebody does in the studio.
     *
     * @throws IllegalStateException if there is no such job, or it has not ended
     */
    public void delete(String job) {
        service.delete(job);
    }

    /**
     * From now on so many cores of a family may be used, and no more.
     *
     * @param family such as {@code standardNCADSA100v4Family}, or {@code LowPriority} for all spot machines
     * @throws IllegalArgumentException if there is no such family
     */
    public void quota(String family, int cores) {
        service.quota(family, cores);
    }

    /** What jobs of Azure Machine Learning are billed for so far, those first that were made first; the price of their machines is told by nobody here. */
    public List<JobBill> bill() {
        return service.bill();
    }

    /** From now on a list of command jobs does not know one for so long after it was made, though whoever asks for it by its id is told of it. */
    public void listAfter(Duration time) {
        service.listAfter(time);
    }

    /** Ends all connections and containers. What is stored goes with the store, or when the next one is opened with it. */
    @Override
    public void close() {
        server.close();
        life.interrupt();
        service.shutDown();
        try {
            life.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
