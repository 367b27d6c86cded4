package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.CredentialSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.SettingsForm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a job file says of Azure OpenAI, read as options. */
final class AzureOpenAiSettings {
    /** In front of a setting's name in a job file. */
    static final String PREFIX = "places.azure-openai.";

    static final String ENDPOINT = "endpoint";
    static final String RESOURCE = "resource";
    static final String SUBSCRIPTION = "subscription";
    static final String RESOURCE_GROUP = "resource-group";
    static final String API_VERSION = "api-version";
    static final String TRAINING_TYPE = "training-type";
    static final String SETTLING = "settling-seconds";

    static final String HOSTING_SCOPE = "hosting-scope";
    static final String CAPACITY = "capacity";

    /** Names a subscription where the settings do not, as for Microsoft's own tools. */
    static final String SUBSCRIPTION_VARIABLE = "AZURE_SUBSCRIPTION_ID";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]{0,62}[a-zA-Z0-9]");
    /** A gateway in front of a resource may have a path; what clients add to it is not part of it. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?!.*/openai(/|$))https://[a-zA-Z0-9.-]+(:\\d{1,5})?(/[\\w.-]+)*/?");

    /** Too short a time would make a second job of each answer that is lost. */
    private static final Pattern SECONDS = Pattern.compile("[1-9]\\d{1,2}");

    private static final String USUAL_SETTLING = "60";
    private static final Pattern THOUSANDS = Pattern.compile("[1-9]\\d{0,4}");
    private static final String USUAL_CAPACITY = "50";

    /** What is wrong with settings is told by it. */
    static final SettingsForm FORM = new SettingsForm(
            AzureOpenAiProblems.BAD_SETTING,
            "Azure OpenAI",
            PREFIX,
            Set.of(
                    ENDPOINT,
                    RESOURCE,
                    SUBSCRIPTION,
                    RESOURCE_GROUP,
                    API_VERSION,
                    TRAINING_TYPE,
                    SETTLING,
                    HOSTING_SCOPE,
                    CAPACITY,
                    PlaceSettings.REGION,
                    PlaceSettings.MODEL,
                    PlaceSettings.SCOPE,
                    AzureConnection.CLOUD,
                    CredentialSource.SETTING),
            TuningParameters.NAMES::contains,
            ", and the hyperparameters " + String.join(", ", TuningParameters.NAMES));

    private final Map<String, String> settings;

    /**
     * Settings of a job.
     *
     * @param environment names a subscription where the settings do not
     */
    AzureOpenAiSettings(Map<String, String> settings, Map<String, String> environment) {
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

    /** What cannot be read of the settings, is missing, or contradicts itself; empty if nothing. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(FORM.unknown(settings));
        List<Problem> unreadable = unreadable();
        problems.addAll(unreadable);
        if (unreadable.isEmpty()) {
            checkCloud(problems);
        }
        return problems;
    }

    /** What is missing, or of no form that can be read; options that are read all the same would not be what is meant. */
    private List<Problem> unreadable() {
        List<Problem> problems = new ArrayList<>();
        if (!FORM.isMeant(ENDPOINT, settings) && !FORM.isMeant(RESOURCE, settings)) {
            problems.add(FORM.missing(RESOURCE, "my-openai"));
        }
        form(RESOURCE, NAME, "2 to 64 letters, digits and hyphens", "my-openai", problems);
        form(
                ENDPOINT,
                ADDRESS,
                "the address of a resource, such as https://my-openai.openai.azure.com",
                "https://my-openai.openai.azure.com",
                problems);
        FORM.required(PlaceSettings.REGION, settings, "swedencentral").ifPresent(problems::add);
        form(SETTLING, SECONDS, "10 to 999, in seconds", USUAL_SETTLING, problems);
        form(CAPACITY, THOUSANDS, "1 to 99999, in thousands of tokens a minute", USUAL_CAPACITY, problems);
        oneOf(HOSTING_SCOPE, DeploymentWays.NAMES, problems);
        oneOf(AzureConnection.CLOUD, AzureCloud.names(), problems);
        oneOf(CredentialSource.SETTING, CredentialSource.ALL, problems);
        return problems;
    }

    private void checkCloud(List<Problem> problems) {
        String meant = settings.getOrDefault(AzureConnection.CLOUD, AzureCloud.PUBLIC);
        String host = URI.create(endpoint()).getHost();
        Optional<String> ofEndpoint = Optional.ofNullable(host).flatMap(AzureCloud::ofOpenAi);
        boolean isRegionMeant = AzureCloud.ofRegion(settings.getOrDefault(PlaceSettings.REGION, ""))
                .equals(meant);
        ofEndpoint
                .filter(cloud -> !cloud.equals(meant))
                .ifPresent(cloud -> problems.add(AzureOpenAiProblems.CONTRADICTION
                        .error("the endpoint is in the cloud " + cloud + ", and the job in " + meant)
                        .at(Location.ofKey(PREFIX + ENDPOINT))
                        .because("Microsoft's clouds share no accounts, and take no tokens of each other")
                        .remedy(
                                isRegionMeant
                                        ? PREFIX + ENDPOINT + ": " + endpointOf(meant, account())
                                        : PREFIX + AzureConnection.CLOUD + ": " + cloud)
                        .build()));
        AzureCloud.contradiction(settings, AzureOpenAiProblems.CONTRADICTION, PREFIX, "job", ofEndpoint)
                .ifPresent(problems::add);
    }

    private void form(String name, Pattern form, String wanted, String example, List<Problem> problems) {
        String value = settings.get(name);
        if (value != null && !form.matcher(value).matches()) {
            problems.add(FORM.malformed(name, withoutSecrets(value), wanted, example));
        }
    }

    /** An address may be signed, or have a password in front of its host. */
    private static String withoutSecrets(String value) {
        return value.replaceFirst("\\?.*", "?...").replaceFirst("//.*@", "//...@");
    }

    private void oneOf(String name, List<String> values, List<Problem> problems) {
        FORM.oneOf(name, settings, values).ifPresent(problems::add);
    }

    /**
     * The options.
     *
     * @param model the base model as the job names it, which is meant where the settings name none
     * @throws FineTuneException with all {@link #problems()} if there are any
     */
    AzureOpenAiOptions options(String model) {
        List<Problem> problems = problems();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return read(model);
    }

    /** The options as far as they can be read, though settings may be unknown, or contradict each other; empty where they cannot. */
    Optional<AzureOpenAiOptions> readable(String model) {
        return unreadable().isEmpty() ? Optional.of(read(model)) : Optional.empty();
    }

    private AzureOpenAiOptions read(String model) {
        String scope = settings.getOrDefault(PlaceSettings.SCOPE, AzureOpenAiOptions.USUAL_SCOPE);
        return new AzureOpenAiOptions(
                endpoint(),
                settings.getOrDefault(API_VERSION, AzureOpenAiOptions.V1),
                account(),
                settings.get(SUBSCRIPTION),
                settings.get(RESOURCE_GROUP),
                settings.getOrDefault(PlaceSettings.REGION, ""),
                settings.getOrDefault(PlaceSettings.MODEL, model),
                scope,
                Optional.ofNullable(settings.get(TRAINING_TYPE))
                        .orElse(AzureOpenAiOptions.TRAINING_TYPES.getOrDefault(scope, "")),
                Duration.ofSeconds(Long.parseLong(settings.getOrDefault(SETTLING, USUAL_SETTLING))),
                settings.getOrDefault(HOSTING_SCOPE, DeploymentWays.usual(scope)),
                Integer.parseInt(settings.getOrDefault(CAPACITY, USUAL_CAPACITY)),
                hyperParameters());
    }

    private String endpoint() {
        String said = settings.get(ENDPOINT);
        if (said == null) {
            return endpointOf(
                    settings.getOrDefault(AzureConnection.CLOUD, AzureCloud.PUBLIC),
                    settings.getOrDefault(RESOURCE, ""));
        }
        return said.endsWith("/") ? said.substring(0, said.length() - 1) : said;
    }

    private static String endpointOf(String cloud, String resource) {
        return AzureCloud.of(cloud).map(one -> one.openAiEndpoint(resource)).orElse("");
    }

    /** The resource's name: of Microsoft's domains the first part, behind a gateway the last part of the path, where nobody says another. */
    private String account() {
        URI address = URI.create(endpoint());
        String host = address.getHost() == null ? "" : address.getHost();
        String path = address.getPath();
        return settings.getOrDefault(
                RESOURCE,
                AzureCloud.ofOpenAi(host).isPresent()
                        ? host.split("\\.", -1)[0]
                        : path.isEmpty() ? host : path.substring(path.lastIndexOf('/') + 1));
    }

    /** A model that is tuned in the region, or anywhere if none is; for what does not depend on the model. */
    String someModel() {
        String region = settings.getOrDefault(PlaceSettings.REGION, "");
        String scope = settings.getOrDefault(PlaceSettings.SCOPE, AzureOpenAiOptions.USUAL_SCOPE);
        return TunableModels.names().stream()
                .filter(model -> TunableModels.regions(model, scope).contains(region))
                .findFirst()
                .orElse(TunableModels.names().get(0));
    }

    /** What of the settings makes another model. */
    Map<String, String> variation() {
        Map<String, String> values = new TreeMap<>(hyperParameters());
        values.put("place", AzureOpenAiProvider.ID.value());
        Optional.ofNullable(settings.get(PlaceSettings.MODEL))
                .ifPresent(model -> values.put(PlaceSettings.MODEL, model));
        return values;
    }

    private Map<String, String> hyperParameters() {
        Map<String, String> values = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (TuningParameters.NAMES.contains(name)) {
                values.put(name, value);
            }
        });
        return values;
    }
}
