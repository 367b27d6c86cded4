package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a job is told at the setting that is to blame, with what to do. */
class BedrockRulesTest {
    private static final String CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0:200k";
    private static final String LLAMA = "meta.llama3-2-3b-instruct-v1:0:128k";

    @Test
    void hasNothingAgainstAGoodJobOfAnyModel() {
        assertThat(TunableModels.all()).hasSize(12).allSatisfy(model -> {
            BedrockOptions options = BedrockOptions.builder(
                            OfflineTuning.ROLE, model.regions().get(0), OfflineTuning.STORE, model.id())
                    .build();
            assertThat(BedrockRules.problems(options)).isEmpty();
            assertThat(BedrockRules.problems(job(TrainingSpec.defaults()), options))
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void pointsAtTheSetting(BedrockOptions options, ProblemKind kind, String key, String summary, String remedy) {
        assertThat(BedrockRules.problems(options)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(kind);
            assertThat(problem.place()).contains(Location.ofKey("places.bedrock." + key));
            assertThat(problem.summary()).isEqualTo(summary);
            assertThat(problem.remedies().get(0)).isEqualTo(remedy);
        });
    }

    static Stream<Arguments> badOptions() {
        ProblemKind wrong = BedrockProblems.BAD_SETTING;
        ProblemKind together = BedrockProblems.CONTRADICTION;
        ProblemKind notTunable = BedrockProblems.NOT_TUNABLE;
        return Stream.of(
                Arguments.of(
                        options("training", "us-east-1", OfflineTuning.STORE, OfflineTuning.NOVA),
                        wrong,
                        "role",
                        "training is no ARN of a role",
                        "aws iam get-role --query Role.Arn --role-name training"),
                Arguments.of(
                        options(
                                "arn:aws-cn:iam::123456789012:role/x",
                                "us-east-1",
                                OfflineTuning.STORE,
                                OfflineTuning.NOVA),
                        together,
                        "role",
                        "the role is of partition aws-cn, the region us-east-1 is not",
                        "aws sts get-caller-identity --region us-east-1"),
                Arguments.of(
                        options(OfflineTuning.ROLE, "Virginia", OfflineTuning.STORE, OfflineTuning.NOVA),
                        wrong,
                        "region",
                        "no region of AWS looks like Virginia",
                        "places.bedrock.region: us-east-1"),
                Arguments.of(
                        options(OfflineTuning.ROLE, "eu-central-1", OfflineTuning.STORE, LLAMA),
                        notTunable,
                        "region",
                        "Bedrock does not tune " + LLAMA + " in eu-central-1",
                        "places.bedrock.region: us-west-2"),
                Arguments.of(
                        options(OfflineTuning.ROLE, "us-east-1", OfflineTuning.STORE, "amazon.nova-micro-v1:0"),
                        notTunable,
                        "model",
                        "Bedrock tunes no amazon.nova-micro-v1:0 that is known here",
                        "places.bedrock.model: amazon.nova-micro-v1:0:128k"),
                Arguments.of(
                        options(OfflineTuning.ROLE, "us-east-1", OfflineTuning.STORE, "smollm2-135m"),
                        notTunable,
                        "model",
                        "Bedrock tunes no smollm2-135m that is known here",
                        "finetune offers --target bedrock"),
                Arguments.of(
                        options(OfflineTuning.ROLE, "us-east-1", "s3://my-bucket/day=1", OfflineTuning.NOVA),
                        wrong,
                        "store",
                        "s3://my-bucket/day=1 is no place in S3 for files of a job",
                        "places.bedrock.store: s3://my-bucket/finetune4j"),
                Arguments.of(
                        OfflineTuning.options().kmsKey("no key").build(),
                        wrong,
                        "kms-key",
                        "no key of KMS is called no key",
                        "aws kms list-aliases"),
                Arguments.of(
                        OfflineTuning.options()
                                .kmsKey("arn:aws:kms:eu-central-1:123456789012:alias/mine")
                                .build(),
                        together,
                        "kms-key",
                        "the key is in eu-central-1, the job in us-east-1",
                        "aws kms list-aliases --region us-east-1"),
                Arguments.of(
                        OfflineTuning.options().tags(Map.of("über", "uns")).build(),
                        wrong,
                        "tags",
                        "no tag may be über=uns",
                        "places.bedrock.tags: team=search, cost-centre=4711"),
                Arguments.of(
                        OfflineTuning.options()
                                .network(List.of("subnet-1"), List.of())
                                .build(),
                        together,
                        "subnets",
                        "subnets come without a security group",
                        "aws ec2 describe-security-groups"),
                Arguments.of(
                        OfflineTuning.options()
                                .network(List.of("subnet-1"), Collections.nCopies(6, "sg-1"))
                                .build(),
                        wrong,
                        "security-groups",
                        "a job has at most 5 of them, not 6",
                        "name 5 or fewer"));
    }

    @ParameterizedTest
    @MethodSource("badTraining")
    void pointsAtTheTrainingSetting(
            String model, TrainingSpec training, ProblemKind kind, String key, String summary, String remedy) {
        BedrockOptions options = options(OfflineTuning.ROLE, region(model), OfflineTuning.STORE, model);

        assertThat(BedrockRules.problems(job(training), options))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(kind);
                    assertThat(problem.place()).contains(Location.ofKey(key));
                    assertThat(problem.summary()).isEqualTo(summary);
                    assertThat(problem.remedies().get(0)).isEqualTo(remedy);
                    assertThat(problem.isError()).isEqualTo(!kind.equals(BedrockProblems.NO_COUNTERPART));
                });
    }

    /** The limit that somebody agreed to is told by the job's epochs. */
    @Test
    void trainsNoMoreEpochsThanWerePriced() {
        assertThat(epochProblems("5")).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.summary())
                    .isEqualTo("epochCount is 5, and the job has 2 epochs, by which its price is told");
            assertThat(problem.remedies()).containsExactly("training.epochs: 5");
        });
        assertThat(epochProblems("2")).isEmpty();
        assertThat(epochProblems("1")).isEmpty();
    }

    private static List<Problem> epochProblems(String said) {
        TrainingSpec training = TrainingSpec.builder().epochs(2).build();
        return TuningParameters.of(
                        LoraTuning.defaults(),
                        training,
                        true,
                        TunableModels.find(OfflineTuning.NOVA).orElseThrow(),
                        Map.of("epochCount", said))
                .problems()
                .stream()
                .filter(Problem::isError)
                .toList();
    }

    static Stream<Arguments> badTraining() {
        ProblemKind parameter = BedrockProblems.HYPER_PARAMETER;
        ProblemKind none = BedrockProblems.NO_COUNTERPART;
        return Stream.of(
                Arguments.of(
                        OfflineTuning.NOVA,
                        TrainingSpec.builder().epochs(6).build(),
                        parameter,
                        "training.epochs",
                        "epochCount of " + OfflineTuning.NOVA + " is a whole number from 1 to 5, not 6",
                        "training.epochs: 5"),
                Arguments.of(
                        OfflineTuning.NOVA,
                        TrainingSpec.builder().epochs(2.5).build(),
                        parameter,
                        "training.epochs",
                        "epochCount of " + OfflineTuning.NOVA + " is a whole number from 1 to 5, not 2.5",
                        "training.epochs: 3"),
                Arguments.of(
                        OfflineTuning.NOVA,
                        TrainingSpec.builder().learningRate(0.001).build(),
                        parameter,
                        "training.learning-rate",
                        "learningRate of " + OfflineTuning.NOVA + " is a number from 0.000001 to 0.0001, not 0.001",
                        "training.learning-rate: 0.0001"),
                Arguments.of(
                        CLAUDE,
                        TrainingSpec.builder().learningRate(0.001).build(),
                        parameter,
                        "training.learning-rate",
                        CLAUDE + " takes no learning rate, but a multiplier of its own",
                        "places.bedrock.learningRateMultiplier: 1"),
                Arguments.of(
                        LLAMA,
                        TrainingSpec.builder().batchSize(16).build(),
                        parameter,
                        "training.batch-size",
                        "batchSize of " + LLAMA + " is a whole number from 1 to 1, not 16",
                        "training.batch-size: 1"),
                Arguments.of(
                        OfflineTuning.NOVA,
                        TrainingSpec.builder().batchSize(16).build(),
                        none,
                        "training.batch-size",
                        "training.batch-size has no effect on " + OfflineTuning.NOVA,
                        "leave training.batch-size out"),
                Arguments.of(
                        OfflineTuning.NOVA,
                        TrainingSpec.builder().schedule(Schedule.LINEAR).build(),
                        none,
                        "training.schedule",
                        "training.schedule has no effect on " + OfflineTuning.NOVA,
                        "leave training.schedule out"),
                Arguments.of(
                        CLAUDE,
                        TrainingSpec.builder().earlyStoppingPatience(2).build(),
                        BedrockProblems.CONTRADICTION,
                        "training.early-stopping-patience",
                        "training that stops early needs rows to compare with",
                        "data.split.validation: 0.1"));
    }

    @Test
    void countsTheRowsOfEachFileBeforeAnythingIsStaged() {
        BedrockOptions options = BedrockOptions.builder(OfflineTuning.ROLE, "us-west-2", OfflineTuning.STORE, LLAMA)
                .build();

        assertThat(BedrockRules.problems(proposal(100, 0), options)).isEmpty();
        assertThat(BedrockRules.problems(proposal(100, 1000), options)).isEmpty();
        assertThat(BedrockRules.problems(proposal(100, 1001), options))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(BedrockProblems.ROW_COUNT);
                    assertThat(problem.summary()).isEqualTo("Bedrock compares with 1 to 1000 rows, not 1001");
                    assertThat(problem.remedies()).containsExactly("data.split.validation-rows: 1000");
                });
    }

    private static Proposal proposal(long training, long validation) {
        FineTuneJob job = FineTuneJob.builder(
                        "tickets", ModelRef.parse(LLAMA), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("tickets.jsonl"))
                .build();
        return new Proposal(
                job,
                new ModelFiles(job.model(), Path.of("target"), "e".repeat(64)),
                new Proposal.RowLengths(training, validation, 20, 80, 1024),
                Proposal.AnswerLengths.NONE);
    }

    @Test
    void wantsRowsToCompareWithWhereAThresholdStopsTraining() {
        BedrockOptions options = BedrockOptions.builder(
                        OfflineTuning.ROLE, OfflineTuning.REGION, OfflineTuning.STORE, CLAUDE)
                .hyperParameters(Map.of("earlyStoppingThreshold", "0.01"))
                .build();

        assertThat(BedrockRules.problems(job(TrainingSpec.defaults()), options).toString())
                .contains(
                        "training that stops early needs rows to compare with",
                        "leave places.bedrock.earlyStoppingThreshold out");
    }

    @Test
    void takesWhatIsSaidInTheModelsOwnWordsFirst() {
        BedrockOptions options = OfflineTuning.options()
                .hyperParameters(Map.of("epochCount", "1", "learningRate", "5e-5", "learningRateWarmupSteps", "20"))
                .build();
        StagedTuning job = job(TrainingSpec.builder()
                .epochs(40)
                .learningRate(1)
                .warmupRatio(0.2)
                .build());

        assertThat(BedrockRules.problems(job, options)).isEmpty();
        assertThat(OfflineTuning.request(job, options).hyperParameters())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("epochCount", "1", "learningRate", "0.00005", "learningRateWarmupSteps", "20"));
    }

    @Test
    void tellsOfHyperParametersThatTheModelDoesNotHaveOrTake() {
        assertThat(summaries(OfflineTuning.options()
                        .hyperParameters(Map.of("batchSize", "8", "learningRate", "fast"))
                        .build()))
                .containsExactlyInAnyOrder(
                        OfflineTuning.NOVA + " has no hyperparameter batchSize",
                        "learningRate of " + OfflineTuning.NOVA + " is a number from 0.000001 to 0.0001, not fast");
        assertThat(summaries(OfflineTuning.options()
                        .hyperParameters(Map.of("learningRate", "1e999999999"))
                        .build()))
                .hasSize(1);
    }

    @Test
    void leavesARateThatTheJobDoesNotSayToTheModel() {
        StagedTuning job = job(TrainingSpec.defaults().with(LoraTuning.defaults()));

        assertThat(OfflineTuning.request(job, OfflineTuning.options().build()).hyperParameters())
                .containsExactlyEntriesOf(Map.of("epochCount", "3"));
    }

    @Test
    void tellsOfMethodsThatBedrockDoesNotHave() {
        BedrockOptions options = OfflineTuning.options().build();

        assertThat(BedrockRules.problems(job(FullTuning.defaults()), options))
                .extracting(Problem::summary)
                .containsExactly("Bedrock tunes by adapters only");
        assertThat(BedrockRules.problems(job(LoraTuning.builder().rank(4).build()), options))
                .singleElement()
                .satisfies(problem -> assertThat(problem.isError()).isFalse());
    }

    @Test
    void tellsWhereAJobIsBeyondALimit() {
        BedrockOptions options = OfflineTuning.options().build();

        assertThat(BedrockRules.problems(labelled(labels(250)), options))
                .extracting(Problem::summary)
                .containsExactly("a job has at most 200 tags, not 251");
        assertThat(BedrockRules.problems(labelled(Map.of("läuft", "x")), options))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(BedrockProblems.BEYOND_LIMIT);
                    assertThat(problem.summary()).isEqualTo("no tag may be läuft=x");
                });
    }

    @Test
    void tellsAllProblemsAtOnce() {
        BedrockOptions options = BedrockOptions.builder("training", "Virginia", "my-bucket", OfflineTuning.NOVA)
                .kmsKey("no key")
                .network(List.of("sub net"), List.of())
                .build();

        assertThat(BedrockRules.problems(labelled(labels(250)), options)).hasSize(7);
    }

    private static List<String> summaries(BedrockOptions options) {
        return BedrockRules.problems(job(TrainingSpec.defaults()), options).stream()
                .map(Problem::summary)
                .toList();
    }

    private static String region(String model) {
        return TunableModels.find(model).orElseThrow().regions().get(0);
    }

    private static Map<String, String> labels(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "label-" + i, i -> "x"));
    }

    private static BedrockOptions options(String role, String region, String store, String model) {
        return BedrockOptions.builder(role, region, store, model).build();
    }

    private static StagedTuning job(TrainingSpec training) {
        return job(LoraTuning.defaults(), training, Map.of(), null);
    }

    private static StagedTuning job(TuningMethod method) {
        return job(method, TrainingSpec.defaults(), Map.of(), null);
    }

    private static StagedTuning labelled(Map<String, String> labels) {
        return job(LoraTuning.defaults(), TrainingSpec.defaults(), labels, null);
    }

    private static StagedTuning job(
            TuningMethod method, TrainingSpec training, Map<String, String> labels, @Nullable String validation) {
        return new StagedTuning(
                new RunId("tickets-3f9c2a11-1"),
                "abc",
                OfflineTuning.STORE + "/inputs/5e/train.jsonl",
                validation,
                method,
                training,
                labels);
    }
}
