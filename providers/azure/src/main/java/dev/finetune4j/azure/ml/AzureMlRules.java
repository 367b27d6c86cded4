package dev.finetune4j.azure.ml;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.spi.PlaceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything that Azure ML would have against a job's settings, told before a call is made, and all of it at once. */
final class AzureMlRules {
    private static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern GROUP = Pattern.compile("[-\\w._()]{0,89}[-\\w_()]");
    private static final String GROUPS = "1 to 90 letters, digits and -_.(), without a dot at the end";
    private static final Pattern WORKSPACE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}");
    /** As Microsoft's guide and the API's description have it, which differ by one at each end. */
    private static final Pattern REGISTRY = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{1,32}");

    private static final Pattern REGION = Pattern.compile("[a-z0-9]{4,40}");
    private static final Pattern DATASTORE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}");
    private static final Pattern COMPUTE = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]{0,14}[a-zA-Z0-9]");
    private static final Pattern ENVIRONMENT =
            Pattern.compile("azureml://registries/[\\w-]+/environments/[\\w.-]+/versions/[\\w.-]+"
                    + "|/subscriptions/\\S+/environments/[\\w.-]+/versions/[\\w.-]+|[\\w.-]+:[\\w.-]+");
    private static final Pattern MODEL =
            Pattern.compile("azureml://registries/[\\w-]+/models/[\\w.-]+/versions/[\\w.-]+"
                    + "|/subscriptions/\\S+/models/[\\w.-]+/versions/[\\w.-]+");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z][\\w-]{1,15}");
    private static final String PREVIEW = "-preview";

    /** What a model of a registry looks like. */
    static final String ANY_MODEL = "azureml://registries/azureml-meta/models/Meta-Llama-3-8B/versions/8";

    private static final Pattern VERSION = Pattern.compile("20\\d\\d-[01]\\d-[0-3]\\d(-preview)?");
    private static final int MOST_TAGS = 45; // of fifty, the rest is finetune4j's
    private static final int LONGEST_KEY = 512;
    private static final int LONGEST_VALUE = 256;

    private final AzureMlOptions options;
    private final MachineSize machine;
    private final boolean isMachineNamed;
    private final List<Problem> problems = new ArrayList<>();

    private AzureMlRules(AzureMlOptions options, boolean isMachineNamed) {
        this.options = options;
        this.isMachineNamed = isMachineNamed;
        machine = new MachineSize(options.machine());
    }

    /**
     * What the service has against the options, whatever the job; empty if nothing.
     *
     * @param isMachineNamed whether somebody meant the options' machine, which otherwise a plan chooses
     */
    static List<Problem> problems(AzureMlOptions options, boolean isMachineNamed) {
        AzureMlRules rules = new AzureMlRules(options, isMachineNamed);
        rules.check();
        return List.copyOf(rules.problems);
    }

    /** Whether a text is of the form of what may be tuned. */
    static boolean isVersionOfModel(String model) {
        return MODEL.matcher(model).matches();
    }

    private void check() {
        form(AzureMlSettings.SUBSCRIPTION, options.subscription(), GUID, "a GUID", "az account show --query id");
        form(AzureMlSettings.RESOURCE_GROUP, options.resourceGroup(), GROUP, GROUPS, "az group list --query '[].name'");
        form(
                AzureMlSettings.WORKSPACE,
                options.workspace(),
                WORKSPACE,
                "3 to 33 letters, digits, hyphens and underscores",
                "az ml workspace list --query '[].name'");
        form(
                PlaceSettings.REGION,
                options.region(),
                REGION,
                "a region's short name, such as westeurope",
                "az account list-locations --query '[].name'");
        form(
                AzureMlSettings.DATASTORE,
                options.datastore(),
                DATASTORE,
                "letters, digits, hyphens and underscores",
                "az ml datastore list");
        form(
                AzureMlSettings.ENVIRONMENT,
                options.environment(),
                ENVIRONMENT,
                "NAME:VERSION, an ARM id, or azureml://registries/REGISTRY/environments/NAME/versions/VERSION",
                AzureMlSettings.PREFIX + AzureMlSettings.ENVIRONMENT + ": " + AzureMlOptions.USUAL_ENVIRONMENT);
        form(
                AzureMlSettings.API_VERSION,
                options.apiVersion(),
                VERSION,
                "the date of a version, such as " + AzureMlOptions.USUAL_API_VERSION,
                AzureMlSettings.PREFIX + AzureMlSettings.API_VERSION + ": " + AzureMlOptions.USUAL_API_VERSION);
        if (options.identity() != null) {
            form(
                    AzureMlSettings.IDENTITY,
                    options.identity(),
                    GUID,
                    "the client id of a managed identity",
                    "az identity list --query '[].clientId'");
        }
        checkMachine();
        checkCompute();
        checkTags();
        if (options.tuning() != null) {
            checkTuning(options.tuning());
        }
    }

    /** What the service's own fine-tuning jobs would have against the options besides. */
    private void checkTuning(TuningOptions tuning) {
        form(
                PlaceSettings.MODEL,
                tuning.model(),
                MODEL,
                "azureml://registries/REGISTRY/models/NAME/versions/VERSION, or the ARM id of a version of a model",
                AzureMlSettings.PREFIX + PlaceSettings.MODEL + ": " + ANY_MODEL);
        if (VERSION.matcher(options.apiVersion()).matches()
                && !options.apiVersion().endsWith(PREVIEW)) {
            contradiction(
                    AzureMlSettings.API_VERSION,
                    "the version " + options.apiVersion() + " of Azure's API has no fine-tuning jobs",
                    "they are in previews only",
                    AzureMlSettings.PREFIX + AzureMlSettings.API_VERSION + ": " + AzureMlOptions.USUAL_PREVIEW);
        }
        if (!options.environment().equals(AzureMlOptions.USUAL_ENVIRONMENT)) {
            contradiction(
                    AzureMlSettings.ENVIRONMENT,
                    "a fine-tuning job of Azure ML runs in no environment of one's own",
                    "the service brings what it tunes with",
                    "leave " + AzureMlSettings.PREFIX + AzureMlSettings.ENVIRONMENT + " out");
        }
        if (options.isSpot()) {
            contradiction(
                    PlaceSettings.SPOT,
                    "a fine-tuning job of Azure ML is not for a machine that may be taken back",
                    "it keeps no checkpoint, so that it would train all anew, and be billed for it, and the service does not heed the tier of a"
                            + " queue",
                    AzureMlSettings.PREFIX + PlaceSettings.SPOT + ": false");
        }
        if (machine.isSize() && !machine.hasGpu()) {
            contradiction(
                    PlaceSettings.MACHINE,
                    "a fine-tuning job of Azure ML takes a machine with GPUs, not " + options.machine(),
                    "the registry's components train on GPUs",
                    AzureMlSettings.PREFIX + PlaceSettings.MACHINE + ": Standard_NC24ads_A100_v4");
        }
        checkDataRegistry(tuning.dataRegistry());
        checkHyperParameters(tuning);
        if (tuning.task() == TuningTask.TRANSLATION) {
            checkLanguage(tuning, TuningTask.SOURCE_LANGUAGE);
            checkLanguage(tuning, TuningTask.TARGET_LANGUAGE);
            refuseOneLanguage(tuning);
        }
    }

    private void checkDataRegistry(@Nullable RegistryAddress registry) {
        if (registry == null) {
            return;
        }
        form(
                AzureMlSettings.DATA_REGISTRY,
                registry.name(),
                REGISTRY,
                "2 to 33 letters, digits, hyphens and underscores, and begins with a letter or digit",
                "az ml registry list --query '[].name'");
        form(
                AzureMlSettings.DATA_REGISTRY_GROUP,
                registry.resourceGroup(),
                GROUP,
                GROUPS,
                "az group list --query '[].name'");
    }

    /** Plan and terms go by the epochs of the job, and rows have the columns that the job tells the service. */
    private void checkHyperParameters(TuningOptions tuning) {
        tuning.hyperParameters().forEach((name, value) -> {
            boolean isLength = TuningHyperParameters.LENGTHS.contains(name);
            if (isLength || TuningTask.isColumn(name)) {
                problems.add(problem(
                                AzureMlProblems.BAD_SETTING,
                                AzureMlSettings.HYPER_PARAMETERS,
                                "the job itself tells Azure ML " + (isLength ? "how long it trains" : "its columns")
                                        + ", and no " + name)
                        .because(
                                isLength
                                        ? "cost, time and terms go by training.epochs"
                                        : "its rows are written with the columns of its task")
                        .remedy(
                                TuningHyperParameters.EPOCHS.equals(name)
                                        ? "training.epochs: " + value
                                        : "leave " + name + " out")
                        .build());
            }
        });
    }

    private void checkLanguage(TuningOptions tuning, String name) {
        String code = tuning.hyperParameters().getOrDefault(name, "");
        if (!LANGUAGE.matcher(code).matches()) {
            problems.add(problem(
                            AzureMlProblems.BAD_SETTING,
                            AzureMlSettings.HYPER_PARAMETERS,
                            "a translation needs to be told its " + name)
                    .because("it is the code of a language, such as en")
                    .remedy(languages("en", "de"))
                    .build());
        }
    }

    /** The codes are names of the columns, so that the answer would take the place of the text. */
    private void refuseOneLanguage(TuningOptions tuning) {
        String source = tuning.hyperParameters().getOrDefault(TuningTask.SOURCE_LANGUAGE, "");
        if (LANGUAGE.matcher(source).matches()
                && source.equalsIgnoreCase(tuning.hyperParameters().get(TuningTask.TARGET_LANGUAGE))) {
            contradiction(
                    AzureMlSettings.HYPER_PARAMETERS,
                    "a translation has two languages, and not " + source + " twice",
                    "each row has one text of each",
                    languages(source, source.equalsIgnoreCase("de") ? "en" : "de"));
        }
    }

    private static String languages(String source, String target) {
        return AzureMlSettings.PREFIX + AzureMlSettings.HYPER_PARAMETERS + ": " + TuningTask.SOURCE_LANGUAGE + "="
                + source + ", " + TuningTask.TARGET_LANGUAGE + "=" + target;
    }

    private void contradiction(String setting, String summary, String cause, String remedy) {
        problems.add(problem(AzureMlProblems.CONTRADICTION, setting, summary)
                .because(cause)
                .remedy(remedy)
                .build());
    }

    /** What is missing was told. */
    private void form(String name, String value, Pattern form, String wanted, String remedy) {
        if (!value.isEmpty() && !form.matcher(value).matches()) {
            problems.add(AzureMlProblems.BAD_SETTING
                    .error("Azure ML's " + name + " cannot be " + value)
                    .at(Location.ofKey(AzureMlSettings.PREFIX + name))
                    .because("it is " + wanted)
                    .remedy(remedy)
                    .build());
        }
    }

    private void checkMachine() {
        if (!machine.isSize()) {
            problems.add(problem(
                            AzureMlProblems.BAD_SETTING,
                            PlaceSettings.MACHINE,
                            "no machine of Azure's is called " + options.machine())
                    .remedy(AzureMlSettings.PREFIX + "machine: Standard_NC24ads_A100_v4")
                    .remedy("finetune offers --target azure-ml")
                    .build());
            return;
        }
        Set<String> regions = machine.regions();
        if (isMachineNamed
                && !regions.isEmpty()
                && MachineSize.areKnownIn(options.region())
                && !regions.contains(options.region())) {
            problems.add(AzureMlProblems.CONTRADICTION
                    .warning("no price of " + options.machine() + " in " + options.region() + " is known")
                    .at(Location.ofKey(AzureMlSettings.PREFIX + PlaceSettings.MACHINE))
                    .because("it is let in " + String.join(", ", regions)
                            + ", and whether by now in others its quota tells")
                    .remedy("finetune offers --target azure-ml --region " + options.region())
                    .build());
        }
    }

    private void checkCompute() {
        if (options.compute() == null) {
            return;
        }
        form(
                AzureMlSettings.COMPUTE,
                options.compute(),
                COMPUTE,
                "2 to 16 letters, digits and hyphens",
                "az ml compute list --query '[].name'");
    }

    private void checkTags() {
        if (options.tags().size() > MOST_TAGS) {
            problems.add(problem(
                            AzureMlProblems.BAD_SETTING,
                            AzureMlSettings.TAGS,
                            "a job has at most " + MOST_TAGS + " tags of one's own, not "
                                    + options.tags().size())
                    .remedy("leave " + (options.tags().size() - MOST_TAGS) + " out")
                    .build());
        }
        options.tags().forEach((key, value) -> {
            if (key.isEmpty()
                    || key.length() > LONGEST_KEY
                    || value.length() > LONGEST_VALUE
                    || key.startsWith("finetune4j-")) {
                problems.add(
                        problem(AzureMlProblems.BAD_SETTING, AzureMlSettings.TAGS, "no tag may be " + key + "=" + value)
                                .because("a key has 1 to " + LONGEST_KEY + " and a value at most " + LONGEST_VALUE
                                        + " characters, and by tags that begin with finetune4j- jobs are found again")
                                .remedy(AzureMlSettings.PREFIX + "tags: team=search, cost-centre=4711")
                                .build());
            }
        });
    }

    private static Problem.Builder problem(ProblemKind kind, String setting, String summary) {
        return kind.error(summary).at(Location.ofKey(AzureMlSettings.PREFIX + setting));
    }
}
