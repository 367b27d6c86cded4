package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.aws.internal.JobTags;
import dev.finetune4j.aws.internal.PlaceRules;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Everything that Bedrock would have against a job, told before a call is made, and all of it at once. Rows are {@link TuningRecords}' part. */
final class BedrockRules {
    private static final Pattern STORE =
            Pattern.compile("s3://[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9](/[a-zA-Z0-9!_.*'()\\-]+)*");
    private static final int STORE_CHARACTERS = 512; // of 1024, the rest is for our own names below it
    private static final String KEY_ID = "[a-zA-Z0-9-]{36}";
    private static final String KEY_ALIAS = "alias/[a-zA-Z0-9\\-_/]+";
    private static final Pattern KEY = Pattern.compile("(arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:\\d{12}:(key/" + KEY_ID
            + "|" + KEY_ALIAS + "))|" + KEY_ID + "|" + KEY_ALIAS);

    private final BedrockOptions options;
    private final List<Problem> problems = new ArrayList<>();
    private final PlaceRules common = new PlaceRules(
            "places.bedrock", "Bedrock", BedrockProblems.BAD_SETTING, BedrockProblems.CONTRADICTION, problems);

    private BedrockRules(BedrockOptions options) {
        this.options = options;
    }

    /** What the service has against the options, whatever the job; empty if nothing. */
    static List<Problem> problems(BedrockOptions options) {
        BedrockRules rules = new BedrockRules(options);
        rules.checkOptions();
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job with these options; empty if nothing. */
    static List<Problem> problems(StagedTuning job, BedrockOptions options) {
        BedrockRules rules = new BedrockRules(options);
        Optional<TunableModel> model = rules.checkOptions();
        model.ifPresent(known -> rules.problems.addAll(
                TuningParameters.of(job, known, options.hyperParameters()).problems()));
        JobTags.BEDROCK.checkAll(
                CustomizationMapper.tagsByKey(job, options), BedrockProblems.BEYOND_LIMIT, rules.problems);
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job that is not staged yet, as far as its rows were counted. */
    static List<Problem> problems(Proposal proposal, BedrockOptions options) {
        BedrockRules rules = new BedrockRules(options);
        rules.checkJob(proposal.job()).ifPresent(model -> rules.checkRows(proposal.rows(), model));
        return List.copyOf(rules.problems);
    }

    /** What the service has against a job whatever its rows. */
    static List<Problem> problems(FineTuneJob job, BedrockOptions options) {
        BedrockRules rules = new BedrockRules(options);
        var unused = rules.checkJob(job);
        return List.copyOf(rules.problems);
    }

    private Optional<TunableModel> checkJob(FineTuneJob job) {
        Optional<TunableModel> model = checkOptions();
        boolean hasValidation =
                job.data().split().validation() > 0 || job.data().split().validationFile() != null;
        model.ifPresent(known -> problems.addAll(
                TuningParameters.of(job.method(), job.training(), hasValidation, known, options.hyperParameters())
                        .problems()));
        return model;
    }

    private void checkRows(Proposal.RowLengths rows, TunableModel model) {
        Location split = Location.ofKey("data.split");
        rowCount(model, rows.trainingRows(), true, split).ifPresent(problems::add);
        if (rows.validationRows() > 0) { // without any none are sent
            rowCount(model, rows.validationRows(), false, split).ifPresent(problems::add);
        }
    }

    /** What the service has against so many rows of a part; empty if nothing. */
    static Optional<Problem> rowCount(TunableModel model, long count, boolean isTraining, Location place) {
        int most = isTraining ? model.mostRows() : model.mostValidationRows();
        int least = isTraining ? model.leastRows() : 1;
        if (count >= least && count <= most) {
            return Optional.empty();
        }
        String use = isTraining ? "trains on " : "compares with ";
        Problem.Builder problem = BedrockProblems.ROW_COUNT
                .error("Bedrock " + use + least + " to " + most + " rows, not " + count)
                .at(place)
                .because("the limits of " + model.id());
        return Optional.of((count > most
                        ? problem.remedy("data.split." + (isTraining ? "train" : "validation") + "-rows: " + most)
                        : problem.remedy("add " + (least - count) + " rows or more"))
                .build());
    }

    private Optional<TunableModel> checkOptions() {
        common.checkRole(options.role(), options.region());
        if (!STORE.matcher(options.store()).matches() || options.store().length() > STORE_CHARACTERS) {
            problems.add(common.wrong("store", options.store() + " is no place in S3 for files of a job")
                    .because("it is s3://BUCKET or s3://BUCKET/PREFIX, of at most " + STORE_CHARACTERS
                            + " characters, without spaces, = and +")
                    .remedy("places.bedrock.store: s3://my-bucket/finetune4j")
                    .build());
        }
        common.checkKey(options.kmsKey(), options.region(), KEY);
        common.checkNetwork(options.subnets(), options.securityGroups());
        JobTags.BEDROCK.check(options.tags(), common);
        return checkModel();
    }

    private Optional<TunableModel> checkModel() {
        Optional<TunableModel> model = TunableModels.find(options.model());
        if (model.isEmpty()) {
            Problem.Builder problem = BedrockProblems.NOT_TUNABLE
                    .error("Bedrock tunes no " + options.model() + " that is known here")
                    .at(common.locate("model"));
            Optional<TunableModel> meant = TunableModels.meant(options.model());
            meant.ifPresent(known -> problem.because("the id for tuning ends with the length of the context")
                    .remedy("places.bedrock.model: " + known.id()));
            problems.add(problem.remedy("finetune offers --target bedrock").build());
        } else if (!PlaceRules.isRegion(options.region())) {
            String region = model.get().regions().get(0);
            problems.add(common.wrong("region", "no region of AWS looks like " + options.region())
                    .remedy("places.bedrock.region: " + region)
                    .build());
        } else if (!model.get().regions().contains(options.region())) {
            String regions = String.join(", ", model.get().regions());
            problems.add(BedrockProblems.NOT_TUNABLE
                    .error("Bedrock does not tune " + options.model() + " in " + options.region())
                    .at(common.locate("region"))
                    .because("it does in " + regions + ", and the bucket must be there, too")
                    .remedy("places.bedrock.region: " + model.get().regions().get(0))
                    .build());
        }
        return model;
    }
}
