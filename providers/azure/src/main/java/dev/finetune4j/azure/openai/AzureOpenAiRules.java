package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Everything that Azure OpenAI would have against a job, told before a call is made, and all of it at once. Rows are {@link TuningRows}' part. */
final class AzureOpenAiRules {
    /** Fewest rows of a file, be it trained on or compared with. */
    static final int LEAST_ROWS = 10;

    private static final int HUNDRED = 100;

    /** So many regions are named where none is near to what was said. */
    private static final int FEW = 3;

    private static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern GROUP = Pattern.compile("[-\\w._()]{0,89}[-\\w_()]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9]{4,40}");
    private static final Pattern VERSION =
            Pattern.compile(AzureOpenAiOptions.V1 + "|20\\d\\d-[01]\\d-[0-3]\\d(-preview)?");
    private static final Pattern TRAINING_TYPE = Pattern.compile("[A-Za-z]{1,40}");

    private final AzureOpenAiOptions options;
    private final List<Problem> problems = new ArrayList<>();

    private AzureOpenAiRules(AzureOpenAiOptions options) {
        this.options = options;
    }

    /** What the service has against the options, whatever the job; empty if nothing. */
    static List<Problem> problems(AzureOpenAiOptions options) {
        AzureOpenAiRules rules = new AzureOpenAiRules(options);
        rules.checkOptions();
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job whatever its rows. */
    static List<Problem> problems(FineTuneJob job, AzureOpenAiOptions options) {
        AzureOpenAiRules rules = new AzureOpenAiRules(options);
        rules.checkOptions();
        ServiceMethod learned = ServiceMethod.of(job.task().kind());
        rules.checkLearned(learned);
        rules.problems.addAll(TuningParameters.of(job.method(), learned, job.training(), options.hyperParameters())
                .problems());
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job, as far as its rows were counted. */
    static List<Problem> problems(Proposal proposal, AzureOpenAiOptions options) {
        List<Problem> problems = new ArrayList<>(problems(proposal.job(), options));
        SplitSpec split = proposal.job().data().split();
        long training = proposal.rows().trainingRows();
        if (training < LEAST_ROWS) {
            String more = moreRows((LEAST_ROWS - training) / (1 - split.validation() - split.test()));
            Cap cap = new Cap("data.split.train-rows", split.trainRows());
            problems.add(cap.at(tooFew(training, true))
                    .remedy(cap.isTooLow() ? cap.raised(training, more) : more)
                    .build());
        }
        long validation = proposal.rows().validationRows();
        if (validation > 0 && validation < LEAST_ROWS) { // without any, no file is sent
            problems.add(tooFewToCompareWith(validation, split));
        }
        return problems;
    }

    private static Problem tooFewToCompareWith(long rows, SplitSpec split) {
        String file = split.validationFile();
        String more = file == null
                ? moreRows((LEAST_ROWS - rows) / split.validation()) + ", of which "
                        + Math.round(HUNDRED * split.validation()) + " % are to compare with"
                : moreRows((double) LEAST_ROWS - rows) + " to " + file;
        String none =
                "data.split.validation: 0" + (file == null ? "" : "    # and leave data.split.validation-file out");
        Cap cap = new Cap("data.split.validation-rows", split.validationRows());
        Problem.Builder problem = cap.at(tooFew(rows, false));
        return (cap.isTooLow()
                        ? problem.remedy(cap.raised(rows, more)).remedy(none)
                        : problem.remedy(none).remedy(more))
                .build();
    }

    /**
     * A setting that lets at most so many rows of a file through, 0 for all. Rows that are added do not get past one that is too low.
     *
     * @param setting its name in a job file
     */
    private record Cap(String setting, int rows) {
        boolean isTooLow() {
            return rows > 0 && rows < LEAST_ROWS;
        }

        Problem.Builder at(Problem.Builder problem) {
            return isTooLow()
                    ? problem.at(Location.ofKey(setting)).because(setting + " is " + rows)
                    : problem.at(Location.ofKey("data.split"));
        }

        /** @param more what to do besides where even fewer rows are there */
        String raised(long there, String more) {
            return setting + ": " + LEAST_ROWS + (there < rows ? "    # and " + more : "");
        }
    }

    /** What to do about rows that are lacking. */
    static String moreRows(double rows) {
        return "add " + (long) Math.ceil(rows) + " rows or more";
    }

    /** That there are too few rows in a file. */
    static Problem.Builder tooFew(long rows, boolean isTraining) {
        return AzureOpenAiProblems.ROW_COUNT.error("Azure OpenAI " + (isTraining ? "trains on " : "compares with ")
                + LEAST_ROWS + " rows or more" + (isTraining ? "" : ", or none") + ", not " + rows);
    }

    /** The service learns preferences with some of its models only. */
    private void checkLearned(ServiceMethod learned) {
        TunableModels.offer(options.model(), options.region(), options.scope())
                .filter(offer -> !offer.methods().contains(learned))
                .ifPresent(offer -> problems.add(AzureOpenAiProblems.NOT_TUNABLE
                        .error("Azure OpenAI does not teach " + options.model() + " which of two answers is better")
                        .at(Location.ofKey("task.kind"))
                        .because(offer.model() + " is tuned on answers alone")
                        .remedy(AzureOpenAiSettings.PREFIX + PlaceSettings.MODEL + ": gpt-4.1-mini")
                        .build()));
    }

    private void checkOptions() {
        form(
                AzureOpenAiSettings.API_VERSION,
                options.apiVersion(),
                VERSION,
                "v1, or the date of a version such as " + AzureOpenAiOptions.DATED,
                AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.API_VERSION + ": v1");
        if (options.subscription() != null) {
            form(
                    AzureOpenAiSettings.SUBSCRIPTION,
                    options.subscription(),
                    GUID,
                    "a GUID",
                    "az account show --query id");
        }
        if (options.resourceGroup() != null) {
            form(
                    AzureOpenAiSettings.RESOURCE_GROUP,
                    options.resourceGroup(),
                    GROUP,
                    "1 to 90 letters, digits and -_.(), without a dot at the end",
                    "az group list --query '[].name'");
        }
        checkTrainingType();
        checkModel();
    }

    private void form(String name, String value, Pattern form, String wanted, String... remedies) {
        if (!form.matcher(value).matches()) {
            Problem.Builder problem = AzureOpenAiProblems.BAD_SETTING
                    .error("Azure OpenAI's " + name + " cannot be " + value)
                    .at(Location.ofKey(AzureOpenAiSettings.PREFIX + name))
                    .because("it is " + wanted);
            List.of(remedies).forEach(problem::remedy);
            problems.add(problem.build());
        }
    }

    private void checkTrainingType() {
        String setting = AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.TRAINING_TYPE;
        if (options.trainingType().isEmpty()) {
            problems.add(AzureOpenAiProblems.CONTRADICTION
                    .error("what Azure OpenAI calls training in the scope " + options.scope() + " is not published")
                    .at(Location.ofKey(AzureOpenAiSettings.PREFIX + PlaceSettings.SCOPE))
                    .because("it is "
                            + AzureOpenAiOptions.TRAINING_TYPES.values().stream()
                                    .sorted()
                                    .toList() + " in the others")
                    .remedy(setting + ": NAME")
                    .remedy(AzureOpenAiSettings.PREFIX + PlaceSettings.SCOPE + ": " + AzureOpenAiOptions.USUAL_SCOPE)
                    .build());
            return;
        }
        form(
                AzureOpenAiSettings.TRAINING_TYPE,
                options.trainingType(),
                TRAINING_TYPE,
                "a word",
                setting + ": Standard");
        AzureOpenAiOptions.TRAINING_TYPES.forEach((scope, type) -> {
            if (type.equals(options.trainingType()) && !scope.equals(options.scope())) {
                problems.add(AzureOpenAiProblems.CONTRADICTION
                        .error("the training type " + type + " is of the scope " + scope + ", and the job's is "
                                + options.scope())
                        .at(Location.ofKey(setting))
                        .because("prices go by the scope")
                        .remedy(AzureOpenAiSettings.PREFIX + PlaceSettings.SCOPE + ": " + scope)
                        .build());
            }
        });
    }

    private void checkModel() {
        if (TunableModels.find(options.model()).isEmpty()) {
            String setting = AzureOpenAiSettings.PREFIX + PlaceSettings.MODEL;
            problems.add(AzureOpenAiProblems.NOT_TUNABLE
                    .error("Azure OpenAI tunes no " + options.model() + " that is known here")
                    .at(Location.ofKey(setting))
                    .because("it tunes " + String.join(", ", TunableModels.names()) + " on conversations")
                    .remedy(TunableModels.listed(options.model())
                            .map(name -> setting + ": " + name)
                            .orElse("finetune offers --target azure-openai"))
                    .build());
            return;
        }
        List<String> regions = TunableModels.regions(options.model(), options.scope());
        if (regions.isEmpty()) {
            List<String> scopes = TunableModels.scopes(options.model(), options.region());
            problems.add(AzureOpenAiProblems.NOT_TUNABLE
                    .error("Azure OpenAI does not tune " + options.model() + " in the scope " + options.scope())
                    .at(Location.ofKey(AzureOpenAiSettings.PREFIX + PlaceSettings.SCOPE))
                    .because(
                            scopes.isEmpty()
                                    ? "nor in any other in " + options.region()
                                    : "in " + options.region() + " it does in " + String.join(", ", scopes))
                    .remedy(AzureOpenAiSettings.PREFIX + PlaceSettings.SCOPE + ": "
                            + (scopes.isEmpty() ? AzureOpenAiOptions.USUAL_SCOPE : scopes.get(0)))
                    .build());
        } else if (!REGION.matcher(options.region()).matches()) {
            form(
                    PlaceSettings.REGION,
                    options.region(),
                    REGION,
                    "a region's short name",
                    likely(regions).toArray(String[]::new));
        } else if (AzureCloud.ofRegion(options.region()).equals(AzureCloud.PUBLIC) // of no other cloud it is published
                && !regions.contains(options.region())) {
            Problem.Builder problem = AzureOpenAiProblems.NOT_TUNABLE
                    .error("Azure OpenAI does not tune " + options.model() + " in " + options.region() + " ("
                            + options.scope() + ")")
                    .at(Location.ofKey(AzureOpenAiSettings.PREFIX + PlaceSettings.REGION))
                    .because("it does in " + String.join(", ", regions)
                            + ", and a resource that only answers may be elsewhere");
            likely(regions).forEach(problem::remedy);
            problems.add(problem.build());
        }
    }

    /** The region that is meant if the job's is a slip; else a few, first those that begin alike, as regions of one country do. */
    private List<String> likely(List<String> regions) {
        List<String> few = regions.stream()
                .sorted(Comparator.comparing(this::charactersAlike).reversed()) // stable, so by name where alike
                .limit(FEW)
                .toList();
        return Spelling.nearest(options.region(), regions).map(List::of).orElse(few).stream()
                .map(region -> AzureOpenAiSettings.PREFIX + PlaceSettings.REGION + ": " + region)
                .toList();
    }

    private int charactersAlike(String region) {
        int difference = Arrays.mismatch(
                region.toCharArray(), options.region().toLowerCase(Locale.ROOT).toCharArray());
        return difference < 0 ? region.length() : difference;
    }
}
