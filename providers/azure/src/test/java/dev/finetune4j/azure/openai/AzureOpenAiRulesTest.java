package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service would refuse is told before a call, all at once, and at the setting that is to blame. */
class AzureOpenAiRulesTest {
    static final Map<String, String> SETTINGS =
            Map.of("resource", "my-openai", "region", "swedencentral", "model", "gpt-4.1", "scope", "global");

    static AzureOpenAiOptions options() {
        return options(Map.of());
    }

    static AzureOpenAiOptions options(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(others);
        return new AzureOpenAiSettings(settings, Map.of()).options("gpt-4.1");
    }

    private static List<Problem> problems(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(others);
        settings.values().removeIf(String::isEmpty);
        try (var provider = new AzureOpenAiProviderFactory()
                .open(new ProviderContext(Path.of("target"), Map.of(), new VirtualClock()), settings)) {
            return provider.settingProblems();
        }
    }

    @Test
    void hasNothingAgainstGoodSettings() {
        assertThat(problems(Map.of())).isEmpty();
        assertThat(problems(Map.of("api-version", "2024-10-21", "credential", "azure-cli")))
                .isEmpty();
        assertThat(problems(Map.of("scope", "datazone", "training-type", "DataZoneStandard")))
                .isEmpty();
    }

    @Test
    void tellsAllThatCannotBeReadAtOnce() {
        List<Problem> problems = problems(
                Map.of("resource", "", "region", "", "settling-seconds", "soon", "cloud", "moon", "machine", "fast"));

        assertThat(problems).hasSize(5).allSatisfy(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.BAD_SETTING);
            assertThat(problem.place().orElseThrow()).isInstanceOf(Location.InFile.class);
        });
    }

    @Test
    void epochsAreSaidWhereTheirPriceIsReckoned() {
        assertThat(problems(Map.of("n-epochs", "10"))).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.BAD_SETTING);
            assertThat(problem.summary()).contains("n-epochs");
        });
    }

    @Test
    void takesNoTimeInWhichAListCannotSettle() {
        assertThat(problems(Map.of("settling-seconds", "9")))
                .extracting(Problem::kind)
                .containsExactly(AzureOpenAiProblems.BAD_SETTING);
        assertThat(problems(Map.of("settling-seconds", "10"))).isEmpty();
    }

    @Test
    void tellsNoPasswordOfAnAddress() {
        assertThat(problems(Map.of("endpoint", "https://me:c0ffee@mine.openai.azure.com")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.summary())
                        .contains("https://...@mine.openai.azure.com")
                        .doesNotContain("c0ffee"));
        assertThat(problems(Map.of("endpoint", "https://me:c0f/fee@mine.openai.azure.com")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.summary()).doesNotContain("c0f", "fee"));
    }

    @Test
    void namesModelsAsThePriceListDoes() {
        assertThat(problems(Map.of("model", "gpt-4.1-mini-2025-04-14")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.NOT_TUNABLE);
                    assertThat(problem.remedies()).containsExactly("places.azure-openai.model: gpt-4.1-mini");
                });
    }

    @Test
    void tellsAllThatTheServiceWouldRefuseAtOnce() {
        List<Problem> problems = problems(
                Map.of("api-version", "latest", "subscription", "mine", "model", "gpt-5", "scope", "datazone"));

        assertThat(problems)
                .extracting(Problem::kind)
                .containsExactly(
                        AzureOpenAiProblems.BAD_SETTING,
                        AzureOpenAiProblems.BAD_SETTING,
                        AzureOpenAiProblems.CONTRADICTION,
                        AzureOpenAiProblems.NOT_TUNABLE);
    }

    @Test
    void knowsEndpointsOfOtherClouds() {
        List<Problem> problems = problems(Map.of("endpoint", "https://mine.openai.azure.us/"));
        Map<String, String> there =
                Map.of("endpoint", "https://mine.openai.azure.us/", "cloud", "us-government", "region", "usgovarizona");

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.CONTRADICTION);
            assertThat(problem.remedies())
                    .containsExactly("places.azure-openai.endpoint: https://my-openai.openai.azure.com");
        });
        assertThat(problems(there)).isEmpty();
    }

    @Test
    void takesWhatTwoOfThreeSayForTheCloudThatIsMeant() {
        assertThat(problems(Map.of("endpoint", "https://mine.openai.azure.us/", "region", "usgovarizona")))
                .filteredOn(problem -> problem.kind().equals(AzureOpenAiProblems.CONTRADICTION))
                .flatExtracting(Problem::remedies)
                .containsExactly(
                        "places.azure-openai.cloud: us-government", "places.azure-openai.cloud: us-government");
        assertThat(problems(Map.of("endpoint", "https://mine.openai.azure.us/", "cloud", "us-government")))
                .filteredOn(problem -> problem.kind().equals(AzureOpenAiProblems.CONTRADICTION))
                .flatExtracting(Problem::remedies)
                .containsExactly("az account list-locations --query '[].name'");
    }

    @Test
    void tellsOfContradictionsAndSlipsWithAllElse() {
        assertThat(problems(Map.of("endpoint", "https://mine.openai.azure.us/", "scop", "global", "scope", "datazone")))
                .extracting(Problem::summary)
                .startsWith(
                        "Azure OpenAI has no setting scop",
                        "the endpoint is in the cloud us-government, and the job in public",
                        "what Azure OpenAI calls training in the scope datazone is not published");
    }

    @Test
    void knowsWhereAModelIsTunedAndOnWhichTerms() {
        assertThat(problems(Map.of("region", "ukwest"))).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.NOT_TUNABLE);
            assertThat(problem.summary()).contains("ukwest");
        });
        assertThat(problems(Map.of("model", "gpt-35-turbo", "scope", "developer")))
                .extracting(Problem::kind)
                .contains(AzureOpenAiProblems.NOT_TUNABLE);
        assertThat(problems(Map.of("training-type", "Standard")))
                .extracting(Problem::kind)
                .containsExactly(AzureOpenAiProblems.CONTRADICTION);
    }

    @ParameterizedTest
    @CsvSource({
        "swedencental, swedencentral",
        "Sweden Central, swedencentral",
        "westerope, westeurope",
        "ukwest, uksouth uaenorth australiaeast",
        "moon, australiaeast brazilsouth canadaeast"
    })
    void namesTheRegionThatIsMeantOrAFew(String said, String likely) {
        assertThat(problems(Map.of("scope", "developer", "region", said)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies())
                        .containsExactlyElementsOf(Stream.of(likely.split(" "))
                                .map(region -> "places.azure-openai.region: " + region)
                                .toList()));
    }

    @Test
    void sendsTokensToTheAudienceOfTheCloudAndCallsToItsEndpoint() {
        AzureOpenAiOptions china = new AzureOpenAiSettings(
                        Map.of("resource", "mine", "region", "chinaeast2", "cloud", "china"), Map.of())
                .options("gpt-4.1");

        assertThat(china.endpoint()).isEqualTo("https://mine.openai.azure.cn");
        assertThat(AzureOpenAiRules.problems(china))
                .as("what is tuned where in that cloud is not published")
                .isEmpty();
        assertThat(new AzureOpenAiSettings(
                                Map.of("resource", "mine", "region", "swedencentral", "cloud", "china"), Map.of())
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.summary())
                        .isEqualTo("the region swedencentral is in the cloud public, and the job in china"));
        assertThat(AzureCloud.of("us-government").orElseThrow().cognitiveAudience())
                .isEqualTo("https://cognitiveservices.azure.us");
    }

    /** What a resource is called where nobody says so: a number of an address is no name. */
    @ParameterizedTest
    @CsvSource({
        "https://mine.openai.azure.com, mine",
        "https://mine.cognitiveservices.azure.us/, mine",
        "https://127.0.0.1:8443/my-openai, my-openai",
        "https://gateway.example.com, gateway.example.com"
    })
    void namesTheResourceByItsAddress(String endpoint, String name) {
        boolean isPublic = !endpoint.contains(".us");
        AzureOpenAiSettings settings = new AzureOpenAiSettings(
                Map.of(
                        "endpoint",
                        endpoint,
                        "region",
                        isPublic ? "swedencentral" : "usgovarizona",
                        "cloud",
                        isPublic ? "public" : "us-government"),
                Map.of());

        assertThat(settings.options("gpt-4.1").account()).isEqualTo(name);
    }

    @Test
    void takesHyperparametersInItsOwnWordsOrFromTheJob() {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(2.5)
                .batchSize(4)
                .gradientAccumulation(4)
                .learningRate(0.001)
                .earlyStoppingPatience(3)
                .build();

        TuningParameters parameters = TuningParameters.of(
                LoraTuning.defaults(), ServiceMethod.SUPERVISED, training, Map.of("learning-rate-multiplier", "0.5"));

        assertThat(Json.line(parameters.json()))
                .isEqualTo("{\"batch_size\":16,\"learning_rate_multiplier\":0.5,\"n_epochs\":3}");
        assertThat(parameters.problems())
                .noneMatch(Problem::isError)
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.NO_COUNTERPART));
        assertThat(TuningParameters.of(
                                new FullTuning(), ServiceMethod.SUPERVISED, training, Map.of("batch-size", "1.5"))
                        .problems())
                .filteredOn(Problem::isError)
                .extracting(Problem::kind)
                .containsExactly(AzureOpenAiProblems.HYPER_PARAMETER, AzureOpenAiProblems.NO_COUNTERPART);
        assertThat(TuningParameters.of(LoraTuning.defaults(), ServiceMethod.SUPERVISED, training, Map.of())
                        .problems())
                .as("a job that says a rate for other places goes here without a change")
                .noneMatch(Problem::isError)
                .anySatisfy(problem -> {
                    assertThat(problem.summary()).startsWith("training.learning-rate has no effect");
                    assertThat(problem.remedies().get(0)).startsWith("places.azure-openai.learning-rate-multiplier: 1");
                });
    }

    @Test
    void takesBetaOfPreferencesAloneAndInItsBounds() {
        TrainingSpec training = TrainingSpec.defaults();
        assertThat(Json.line(TuningParameters.of(
                                LoraTuning.defaults(), ServiceMethod.PREFERENCE, training, Map.of("beta", "0.2"))
                        .json()))
                .isEqualTo("{\"beta\":0.2,\"n_epochs\":3}");
        for (String beta : List.of("0", "2.1", "high")) {
            assertThat(TuningParameters.of(
                                    LoraTuning.defaults(), ServiceMethod.PREFERENCE, training, Map.of("beta", beta))
                            .problems())
                    .as(beta)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.HYPER_PARAMETER));
        }
        assertThat(TuningParameters.of(LoraTuning.defaults(), ServiceMethod.SUPERVISED, training, Map.of("beta", "0.2"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.causes().get(0)).contains("task.kind is not preference"));
    }

    /** As the service documents rows of direct preference optimization. */
    @Test
    void writesPairsOfAnswersAsTheServiceTakesThem(@TempDir Path folder) throws IOException {
        Path from = folder.resolve("train.jsonl");
        Path to = folder.resolve("lines.jsonl");
        List<Message> messages = List.of(
                new Message(Role.SYSTEM, "Be kind."),
                new Message(Role.USER, "Hi"),
                new Message(Role.ASSISTANT, "Hello"));
        Example pair = new Example.Conversation(new RowRef("rows.jsonl", 1), messages, null, "What?");
        Files.writeString(from, (Json.line(pair) + "\n").repeat(10));

        assertThat(TuningRows.write(from, to, true)).isEmpty();
        assertThat(TuningRows.learned(from)).isEqualTo(ServiceMethod.PREFERENCE);
        assertThat(Files.readAllLines(to)).hasSize(10).containsOnly("""
                        {"input":{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]},\
                        "preferred_output":[{"role":"assistant","content":"Hello"}],\
                        "non_preferred_output":[{"role":"assistant","content":"What?"}]}""");
        Files.writeString(
                from,
                Json.line(new Example.Conversation(new RowRef("rows.jsonl", 1), messages, null, " ")) + "\n",
                StandardOpenOption.APPEND);
        assertThat(TuningRows.write(from, to, true)).extracting(Problem::kind).containsExactly(AzureOpenAiProblems.ROW);
    }

    @Test
    void rolesAreOfTheResourceAloneAndNeedItsPath() {
        Map<String, String> whole = new HashMap<>(SETTINGS);
        whole.put("subscription", "11111111-1111-1111-1111-111111111111");
        whole.put("resource-group", "my-group");

        assertThat(AzureOpenAiRoles.of(new AzureOpenAiSettings(whole, Map.of()).options("gpt-4.1")))
                .singleElement()
                .satisfies(policy -> {
                    assertThat(policy.document())
                            .contains("/accounts/my-openai\"", "/resourceGroups/my-group\"", "OpenAI/fine-tunes/write")
                            .doesNotContain("accounts/deployments/", "raiPolicies");
                    assertThat(policy.reasons()).hasSize(9).allSatisfy((action, reason) -> {
                        assertThat(policy.document()).contains(action);
                        assertThat(action.contains("*")).isEqualTo(reason.contains("Azure names nothing finer"));
                    });
                });
        assertThatThrownBy(() -> AzureOpenAiRoles.of(options()))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        refusal -> assertThat(refusal.problems()).hasSize(2));
    }

    @Test
    void writesRowsAsConversationsAndTellsOfThoseThatAreNone(@TempDir Path folder) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 1; i <= 10; i++) {
            rows.append(Json.line(row(i, "what\u2028now?", "this"))).append('\n');
        }
        Path from = Files.writeString(folder.resolve("train.jsonl"), rows);
        Path to = folder.resolve("lines");

        assertThat(TuningRows.write(from, to, true)).isEmpty();
        assertThat(Files.readString(to).lines())
                .hasSize(10)
                .allMatch(line -> line.equals("{\"messages\":[{\"role\":\"user\",\"content\":\"what\\u2028now?\"},"
                        + "{\"role\":\"assistant\",\"content\":\"this\"}]}"));

        Files.writeString(
                from,
                Json.line(row(1, " ", "this")) + "\n"
                        + Json.line(new Example.Passage(new RowRef("a", 2), "text")) + "\n"
                        + Json.line(row(3, "HALF", "half")).replace("HALF", "\\ud83d") + "\n");
        assertThat(TuningRows.write(from, to, true))
                .extracting(Problem::kind)
                .containsExactly(
                        AzureOpenAiProblems.ROW,
                        AzureOpenAiProblems.ROW,
                        AzureOpenAiProblems.ROW,
                        AzureOpenAiProblems.ROW_COUNT);
        assertThat(TuningRows.tooLarge("train.jsonl", true, 600L << 20, 1_200_000)
                        .orElseThrow())
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.ROW_COUNT);
                    assertThat(problem.remedies()).containsExactly("data.split.train-rows: 1024000");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "9, 0, , 'Azure OpenAI trains on 10 rows or more, not 9', add 2 rows or more",
        "10, 9, , 'Azure OpenAI compares with 10 rows or more, or none, not 9',"
                + " 'data.split.validation: 0;add 10 rows or more, of which 10 % are to compare with'",
        "10, 1, late.jsonl, 'Azure OpenAI compares with 10 rows or more, or none, not 1',"
                + " data.split.validation: 0    # and leave data.split.validation-file out;add 9 rows or more to late.jsonl"
    })
    void countsTheRowsOfEachFileBeforeAnythingIsSent(
            long training, long validation, @Nullable String file, String summary, String remedies) {
        SplitSpec split = SplitSpec.builder().validationFile(file).build();
        assertThat(AzureOpenAiRules.problems(proposal(training, validation, split), options()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.ROW_COUNT);
                    assertThat(problem.summary()).isEqualTo(summary);
                    assertThat(problem.remedies()).containsExactly(remedies.split(";"));
                });
    }

    /** Of a file with enough rows, no row that is added would get past the setting. */
    @ParameterizedTest
    @CsvSource({
        "9, 0, 9, 0, train-rows, 'data.split.train-rows: 10'",
        "5, 0, 9, 0, train-rows, 'data.split.train-rows: 10    # and add 8 rows or more'",
        "40, 4, 0, 4, validation-rows, 'data.split.validation-rows: 10;data.split.validation: 0'",
        "40, 3, 0, 4, validation-rows, 'data.split.validation-rows: 10    # and add 70 rows or more,"
                + " of which 10 % are to compare with;data.split.validation: 0'"
    })
    void raisesTheSettingThatLeavesTooFewRows(
            long training, long validation, int trainRows, int validationRows, String setting, String remedies) {
        SplitSpec split = SplitSpec.builder()
                .trainRows(trainRows)
                .validationRows(validationRows)
                .build();

        assertThat(AzureOpenAiRules.problems(proposal(training, validation, split), options()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(AzureOpenAiProblems.ROW_COUNT);
                    assertThat(problem.place()).contains(Location.ofKey("data.split." + setting));
                    assertThat(problem.causes())
                            .containsExactly("data.split." + setting + " is " + Math.max(trainRows, validationRows));
                    assertThat(problem.remedies()).containsExactly(remedies.split(";"));
                });
    }

    @Test
    void takesAJobWithoutRowsToCompareWith() {
        assertThat(AzureOpenAiRules.problems(proposal(10, 0, SplitSpec.defaults()), options()))
                .isEmpty();
        assertThat(AzureOpenAiRules.problems(proposal(10, 10, SplitSpec.defaults()), options()))
                .isEmpty();
    }

    private static Proposal proposal(long training, long validation, SplitSpec split) {
        FineTuneJob job = FineTuneJob.builder(
                        "tickets",
                        ModelRef.parse("gpt-4.1"),
                        TaskSpec.of(TaskKind.CHAT),
                        DataSpec.ofFile("tickets.jsonl").withSplit(split))
                .place(AzureOpenAiProvider.ID, SETTINGS)
                .build();
        return new Proposal(
                job,
                new ModelFiles(job.model(), Path.of("target"), "e".repeat(64)),
                new Proposal.RowLengths(training, validation, 20, 80, 1024),
                Proposal.AnswerLengths.NONE);
    }

    private static Example row(long number, String question, String answer) {
        return new Example.Conversation(
                new RowRef("a", number),
                List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)),
                null);
    }
}
