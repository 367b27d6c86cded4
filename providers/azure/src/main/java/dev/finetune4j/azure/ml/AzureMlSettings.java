package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobAddress;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.CredentialSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.SettingsForm;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a job file says of Azure ML, read as options. */
final class AzureMlSettings {
    /** In front of a setting's name in a job file. */
    static final String PREFIX = "places.azure-ml.";

    static final String SUBSCRIPTION = "subscription";
    static final String RESOURCE_GROUP = "resource-group";
    static final String WORKSPACE = "workspace";
    static final String STORE = "store";
    static final String DATASTORE = "datastore";
    static final String COMPUTE = "compute";
    static final String ENVIRONMENT = "environment";
    static final String IDENTITY = "identity";
    static final String API_VERSION = "api-version";
    static final String TAGS = "tags";
    static final String STORE_ACCESS = "store-access";
    private static final String BY_TOKENS = "entra";
    private static final String BY_SIGNATURE = "sas";

    /** {@value #PREVIEW} for a fine-tuning job of the service's own, in place of a command job. */
    static final String FINE_TUNING = "fine-tuning";

    /** What of fine-tuning jobs means nothing to command jobs, besides {@link PlaceSettings#MODEL}. */
    static final String TASK = "task";

    static final String HYPER_PARAMETERS = "hyper-parameters";

    static final String DATA_REGISTRY = "data-registry";
    static final String DATA_REGISTRY_GROUP = "data-registry-resource-group";

    /** Whoever says this knows that it is one. */
    static final String PREVIEW = "preview";

    private static final String SUBSCRIPTION_VARIABLE = "AZURE_SUBSCRIPTION_ID";
    private static final String ANY_MACHINE = "Standard_NC24ads_A100_v4";

    private static final String ANY_STORE = "https://ACCOUNT.blob.core.windows.net/CONTAINER/finetune4j";
    private static final SettingsForm FORM = new SettingsForm(
            AzureMlProblems.BAD_SETTING,
            "Azure ML",
            PREFIX,
            Set.of(
                    SUBSCRIPTION,
                    RESOURCE_GROUP,
                    WORKSPACE,
                    STORE,
                    DATASTORE,
                    PlaceSettings.REGION,
                    PlaceSettings.MACHINE,
                    PlaceSettings.SPOT,
                    COMPUTE,
                    ENVIRONMENT,
                    IDENTITY,
                    API_VERSION,
                    TAGS,
                    STORE_ACCESS,
                    FINE_TUNING,
                    PlaceSettings.MODEL,
                    TASK,
                    HYPER_PARAMETERS,
                    DATA_REGISTRY,
                    DATA_REGISTRY_GROUP,
                    AzureConnection.CLOUD,
                    CredentialSource.SETTING));

    private final Map<String, String> settings;

    /**
     * Settings of a job.
     *
     * @param environment names a subscription where the settings do not
     */
    AzureMlSettings(Map<String, String> settings, Map<String, String> environment) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        if (environment.containsKey(SUBSCRIPTION_VARIABLE)) {
            all.putIfAbsent(SUBSCRIPTION, environment.get(SUBSCRIPTION_VARIABLE));
        }
        this.settings = all;
    }

    /** As the connection reads them. */
    Map<String, String> all() {
        return settings;
    }

    /** Whether the machine may be taken back, which is then billed less. */
    boolean isSpot() {
        return Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
    }

    /** Whether the machine has GPUs; one that is not named yet has. */
    boolean hasGpu() {
        return new MachineSize(machine()).hasGpu();
    }

    private String machine() {
        return settings.getOrDefault(PlaceSettings.MACHINE, ANY_MACHINE);
    }

    /** What is wrong with them whatever the job, or missing, and what is to be known of them; empty if nothing. The machine may be left to a plan. */
    List<Problem> problems() {
        List<Problem> unreadable = unreadable();
        List<Problem> problems = refused(unreadable);
        if (unreadable.isEmpty()) {
            problems.addAll(AzureMlRules.problems(read(), settings.containsKey(PlaceSettings.MACHINE)));
        }
        if (problems.stream().noneMatch(Problem::isError) && isTuning()) {
            problems.add(preview());
        }
        return problems;
    }

    /** Nobody is to find out by a bill. */
    private static Problem preview() {
        return AzureMlProblems.PREVIEW
                .warning("fine-tuning jobs of Azure ML are a preview")
                .at(Location.ofKey(PREFIX + FINE_TUNING))
                .because(
                        "Azure ends none at a time limit: only a watcher does, so that one must go on until it has ended")
                .because("time and cost are estimated for the job's model as finetune4j's worker would train it")
                .remedy("leave " + PREFIX + FINE_TUNING + " out, for a command job")
                .build();
    }

    /**
     * The options; on some machine, where the settings leave it open.
     *
     * @throws FineTuneException with all that cannot be read, is missing, or contradicts itself
     */
    AzureMlOptions options() {
        List<Problem> problems = refused(unreadable());
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return read();
    }

    private AzureMlOptions read() {
        return new AzureMlOptions(
                settings.getOrDefault(SUBSCRIPTION, ""),
                settings.getOrDefault(RESOURCE_GROUP, ""),
                settings.getOrDefault(WORKSPACE, ""),
                settings.getOrDefault(PlaceSettings.REGION, ""),
                BlobAddress.parse(settings.getOrDefault(STORE, "")).orElseThrow(),
                settings.getOrDefault(DATASTORE, AzureMlOptions.USUAL_DATASTORE),
                machine(),
                isSpot(),
                settings.get(COMPUTE),
                settings.getOrDefault(ENVIRONMENT, AzureMlOptions.USUAL_ENVIRONMENT),
                settings.get(IDENTITY),
                settings.getOrDefault(
                        API_VERSION, isTuning() ? AzureMlOptions.USUAL_PREVIEW : AzureMlOptions.USUAL_API_VERSION),
                PlaceSettings.tags(settings.getOrDefault(TAGS, "")),
                BY_SIGNATURE.equals(settings.get(STORE_ACCESS)),
                isTuning() ? tuning() : null);
    }

    /** Whether the job is to be a fine-tuning job of the service's own. */
    boolean isTuning() {
        return settings.containsKey(FINE_TUNING);
    }

    private TuningOptions tuning() {
        return new TuningOptions(
                settings.getOrDefault(PlaceSettings.MODEL, ""),
                TuningTask.of(settings.getOrDefault(TASK, "")).orElse(null),
                PlaceSettings.tags(settings.getOrDefault(HYPER_PARAMETERS, "")),
                dataRegistry());
    }

    private @Nullable RegistryAddress dataRegistry() {
        String name = settings.get(DATA_REGISTRY);
        String group = settings.getOrDefault(RESOURCE_GROUP, "");
        return name == null
                ? null
                : new RegistryAddress(
                        settings.getOrDefault(SUBSCRIPTION, ""),
                        settings.getOrDefault(DATA_REGISTRY_GROUP, group),
                        name);
    }

    /** What makes a tuned model another one than the worker's; the workspace, the region and where files lie change nothing of it. */
    Map<String, String> variation() {
        Map<String, String> values = new TreeMap<>();
        if (isTuning()) {
            values.put("place", AzureMlProvider.ID.value());
            for (String name : List.of(PlaceSettings.MODEL, TASK, HYPER_PARAMETERS)) {
                Optional.ofNullable(settings.get(name)).ifPresent(value -> values.put(name, value));
            }
        }
        return values;
    }

    private List<Problem> refused(List<Problem> unreadable) {
        List<Problem> problems = new ArrayList<>(FORM.unknown(settings));
        problems.addAll(unreadable);
        checkCloud(problems);
        if (!isTuning()) {
            refuseTuning(problems);
        }
        return problems;
    }

    /** What is missing, or of no form that can be read; options that are read all the same would not be what is meant. */
    private List<Problem> unreadable() {
        List<Problem> problems = new ArrayList<>();
        require(SUBSCRIPTION, "00000000-0000-0000-0000-000000000000", problems);
        require(RESOURCE_GROUP, "my-group", problems);
        require(WORKSPACE, "my-workspace", problems);
        require(PlaceSettings.REGION, "westeurope", problems);
        require(STORE, ANY_STORE, problems);
        String store = settings.getOrDefault(STORE, "");
        if (settings.containsKey(STORE) && BlobAddress.parse(store).isEmpty()) {
            problems.add(FORM.malformed(
                    STORE,
                    store.replaceFirst("\\?.*", "?...").replaceFirst("//[^/]*@", "//...@"),
                    "the address of a container, or of a folder in it, without a signature",
                    ANY_STORE));
        }
        FORM.flag(PlaceSettings.SPOT, settings, true).ifPresent(problems::add);
        oneOf(STORE_ACCESS, List.of(BY_TOKENS, BY_SIGNATURE), problems);
        if (isTuning()) {
            oneOf(FINE_TUNING, List.of(PREVIEW), problems);
            oneOf(TASK, TuningTask.settings(), problems);
            require(PlaceSettings.MODEL, AzureMlRules.ANY_MODEL, problems);
            if (settings.containsKey(DATA_REGISTRY_GROUP)) {
                require(DATA_REGISTRY, "my-registry", problems);
            }
        }
        oneOf(AzureConnection.CLOUD, AzureCloud.names(), problems);
        oneOf(CredentialSource.SETTING, CredentialSource.ALL, problems);
        return problems;
    }

    private void refuseTuning(List<Problem> problems) {
        for (String name : List.of(PlaceSettings.MODEL, TASK, HYPER_PARAMETERS, DATA_REGISTRY, DATA_REGISTRY_GROUP)) {
            if (settings.containsKey(name) && !isCataloguesName(name)) {
                problems.add(AzureMlProblems.CONTRADICTION
                        .error("Azure ML has no use for " + name + " in a job that runs finetune4j's worker")
                        .at(Location.ofKey(PREFIX + name))
                        .because("it is of the service's own fine-tuning jobs, which are a preview")
                        .remedy("leave " + PREFIX + name + " out")
                        .remedy(PREFIX + FINE_TUNING + ": " + PREVIEW)
                        .build());
            }
        }
    }

    /** The catalogue's name of what is billed by the token there comes with a job, asked or not; a model to tune is of another form. */
    private boolean isCataloguesName(String setting) {
        return setting.equals(PlaceSettings.MODEL)
                && !AzureMlRules.isVersionOfModel(settings.getOrDefault(setting, ""));
    }

    private void checkCloud(List<Problem> problems) {
        String meant = settings.getOrDefault(AzureConnection.CLOUD, AzureCloud.PUBLIC);
        Optional<String> ofStore = BlobAddress.parse(settings.getOrDefault(STORE, ""))
                .flatMap(store ->
                        AzureCloud.ofStorage(URI.create(store.endpoint()).getHost()));
        boolean isRegionMeant = AzureCloud.ofRegion(settings.getOrDefault(PlaceSettings.REGION, ""))
                .equals(meant);
        ofStore.filter(cloud -> !cloud.equals(meant))
                .ifPresent(cloud -> problems.add(AzureMlProblems.CONTRADICTION
                        .error("the store is in the cloud " + cloud + ", and the workspace in " + meant)
                        .at(Location.ofKey(PREFIX + STORE))
                        .because("Microsoft's clouds share no accounts")
                        .remedy(
                                isRegionMeant
                                        ? "az storage account list --query '[].primaryEndpoints.blob'"
                                        : PREFIX + AzureConnection.CLOUD + ": " + cloud)
                        .build()));
        AzureCloud.contradiction(settings, AzureMlProblems.CONTRADICTION, PREFIX, "workspace", ofStore)
                .ifPresent(problems::add);
    }

    private void oneOf(String name, List<String> values, List<Problem> problems) {
        FORM.oneOf(name, settings, values).ifPresent(problems::add);
    }

    private void require(String name, String example, List<Problem> problems) {
        FORM.required(name, settings, example).ifPresent(problems::add);
    }
}
