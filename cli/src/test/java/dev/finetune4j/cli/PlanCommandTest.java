package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.cli.view.PlanView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job will take, from its rows to the cent. The clouds stand in every assertion, this machine in none: it differs. */
class PlanCommandTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
    private static final int STANDING = 3; // columns of CSV
    private static final int TARGET = 4;
    private static final int LIKELY_COST = 17;
    private static final int PRICE = 20;
    private static final String CLOUDS = "sagemaker,jumpstart,azure-ml,bedrock,azure-openai";

    @TempDir
    Path folder;

    private Path job;

    @BeforeEach
    void writeRows() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 1200; i++) {
            rows.append(Json.line(Map.of(
                            "text",
                            "ticket " + i + ": "
                                    + "the printer on floor seven is out of paper again. ".repeat(1 + i % 17),
                            "answer",
                            "Facilities refill it before noon. ".repeat(1 + i % 3))))
                    .append('\n');
        }
        Files.writeString(folder.resolve("tickets.jsonl"), rows);
        job = write("method: lora");
    }

    private Path write(String more) throws IOException {
        return Files.writeString(folder.resolve("job.yaml"), """
                name: tickets
                model: llama-3.1-8b-instruct
                task: {kind: question-answering, prompt: "{{text}}", answer: "{{answer}}"}
                data: {file: tickets.jsonl, split: {test: 0.1}}
                """ + more + "\n");
    }

    @Test
    void saysWhatTheJobTakesOnEveryTarget() {
        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        GOLDEN.assertMatches("plan.txt", anywhere(plan.out()));
        GOLDEN.assertMatches(
                "plan-explain.txt",
                anywhere(plan("--target", CLOUDS, "--explain", "ml.g6e.xlarge").out()));
    }

    /** Only the bill tells the discount of SageMaker's spot, so that a launch would be refused within the guess. */
    @Test
    void holdsALimitAgainstWhatSpotIsBilledAtMost() throws IOException {
        String[] spot = {"--target", "sagemaker", "--spot", "only", "--optimize", "cost"};
        BigDecimal guess = amount(json(spot).at("/options/0/cost/likely"));
        String little = guess.multiply(new BigDecimal("1.1")) + " USD";

        CommandRun none = plan(with(spot, "--max-cost", little));

        assertThat(none.err()).contains("FT0761", "the cheapest:");
        Matcher enough = Pattern.compile("--max-cost \"(\\S+) USD\"").matcher(none.err());
        assertThat(enough.find()).as(none.err()).isTrue();
        assertThat(plan(with(spot, "--max-cost", enough.group(1) + " USD")).exitCode())
                .isZero();
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @Test
    void keepsToTheWidth() {
        for (String[] arguments : new String[][] {
            {"--target", CLOUDS},
            {"--all", "--spot", "allow"},
            {"--explain", "1"},
            {"--gpu", "A100", "--optimize", "cost"}
        }) {
            CommandRun run = plan(arguments);

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().lines().filter(line -> !line.contains(folder.toString())))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }

    @Test
    void everyTotalIsTheSumOfItsLines() throws IOException {
        JsonNode options = json("--all", "--spot", "allow").get("options");

        assertThat(options).hasSizeGreaterThan(300);
        for (JsonNode option : options) {
            BigDecimal sum = BigDecimal.ZERO;
            boolean isKnown = true;
            for (JsonNode line : option.get("costs")) {
                isKnown &= line.has("amount");
                if (line.has("amount")) {
                    BigDecimal product = new BigDecimal(line.get("quantity").asText())
                            .multiply(amount(line.at("/price/amount")))
                            .setScale(4, RoundingMode.HALF_UP);
                    assertThat(amount(line.get("amount"))).isEqualByComparingTo(product);
                    sum = sum.add(product);
                }
            }
            assertThat(option.has("cost")).isEqualTo(isKnown);
            if (isKnown) {
                assertThat(amount(option.at("/cost/likely")))
                        .as(option.get("id").asText())
                        .isEqualByComparingTo(sum)
                        .isBetween(amount(option.at("/cost/low")), amount(option.at("/cost/high")));
            }
        }
    }

    @Test
    void whatIsCheapestOrFastestComesFirst() throws IOException {
        JsonNode byCost = json("--target", CLOUDS, "--optimize", "cost").get("options");
        JsonNode byTime = json("--target", CLOUDS, "--optimize", "time").get("options");

        assertThat(amount(byCost.at("/0/cost/likely"))).isLessThan(amount(byTime.at("/0/cost/likely")));
        assertThat(seconds(byTime.at("/0/time/likely"))).isLessThan(seconds(byCost.at("/0/time/likely")));
    }

    @Test
    void theChoiceIsAmongTheTargetsThatTheJobNames() throws IOException {
        job = write("method: lora\ntargets: [azure-ml, jumpstart]");

        JsonNode plan = json("--optimize", "cost");

        assertThat(plan.at("/options").findValuesAsText("target")).contains("sagemaker");
        assertThat(plan.at("/options/0/target").asText()).isIn("azure-ml", "jumpstart");
        assertThat(plan.at("/chosen").asText())
                .isEqualTo(plan.at("/options/0/id").asText());
        assertThat(json("--target", "sagemaker").at("/chosen").asText()).contains("sagemaker");
    }

    @Test
    void noMemoryIsSharedOutOfAMachineThatIsNotChosen() throws IOException {
        job = write("method: lora\ntargets: [local]");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "smollm2-135m-instruct"));

        CommandRun plan = plan();

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out())
                .containsPattern("chosen +1 local this machine")
                .contains("sagemaker")
                .doesNotContain("GiB a GPU on");
    }

    @Test
    void noOtherTargetIsChosenWhereThoseOfTheJobWillNotDo() throws IOException {
        job = write("method: lora\ntargets: [bedrock]");

        CommandRun plan = plan();

        assertThat(plan.exitCode()).isEqualTo(5);
        assertThat(plan.out()).contains("other model", "sagemaker").doesNotContain("chosen", "1*");
        assertThat(plan.err()).contains("FT0762", "bedrock/us-west-2");
    }

    /** Services train adapters alone, so that no price would let one be chosen. */
    @Test
    void whatDoesNotWorkByTheMethodOfTheJobIsNoNearFit() throws IOException {
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

        CommandRun none = plan("--target", "bedrock");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: bedrock does not tune tickets as it is", "services train adapters")
                .containsPattern("(try|or) +method: lora")
                .doesNotContain("FT0762", "prices refresh");
    }

    /** No price makes it larger. */
    @Test
    void besideAnUnknownPriceAMachineThatIsTooSmallIsToldOf() throws IOException {
        job = write("""
                method: lora
                targets: [sagemaker, bedrock]
                places: {sagemaker: {region: us-east-1, machine: ml.g4dn.xlarge}}
                """);

        CommandRun none = plan();

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0762", "bedrock/us-west-2", "sagemaker ml.g4dn.xlarge: needs ")
                .containsPattern("of all that is offered it fits sagemaker/")
                .containsPattern("(try|or) +places\\.sagemaker: \\{machine: ml\\.\\S+, region: \\S+\\}")
                .containsPattern("or +finetune prices refresh");
    }

    @Test
    void anotherModelAndAnUnknownPriceAreShownAndNeverChosen() {
        CommandRun plan = plan("--target", "bedrock,azure-openai");

        assertThat(plan.exitCode()).isEqualTo(5);
        assertThat(plan.out()).contains("other model", "no price").doesNotContain("chosen", "1*");
        assertThat(plan.err()).contains("FT0762", "finetune prices refresh");
    }

    @Test
    void aLimitIsKeptNineTimesInTenOrSaidToBeLikely() throws IOException {
        JsonNode plan = json("--target", CLOUDS, "--max-cost", "1.7 USD", "--deadline", "90m");

        JsonNode chosen = plan.at("/options/0");
        assertThat(chosen.get("id")).isEqualTo(plan.get("chosen"));
        assertThat(chosen.get("standing").asText()).isEqualTo("within");
        assertThat(amount(chosen.at("/cost/high"))).isLessThanOrEqualTo(new BigDecimal("1.7"));

        CommandRun none = plan("--target", CLOUDS, "--max-cost", "0.01 USD");
        assertThat(none.exitCode()).isEqualTo(6);
        assertThat(none.err())
                .contains("FT0761", "the cheapest:", " --max-cost \"")
                .doesNotContain("budget: {", "--deadline");
    }

    /** As people are shown them, and those who ask for CSV. */
    @Test
    void programsReadTheOptionsOfAPlanWithoutAChoiceBesideWhyItHasNone() throws IOException {
        CommandRun none = plan("--target", CLOUDS, "--max-cost", "0.01 USD", "-o", "json");

        assertThat(none.exitCode()).isEqualTo(6);
        JsonNode told = Json.records().readTree(none.out());
        assertThat(told.at("/exitCode").asInt()).isEqualTo(6);
        assertThat(told.at("/problems/0/kind/code").asText()).isEqualTo("FT0761");
        assertThat(told.at("/plan").has("chosen")).isFalse();
        assertThat(told.at("/plan/options"))
                .extracting(option -> option.get("id").asText())
                .containsExactlyElementsOf(csv("--target", CLOUDS, "--max-cost", "0.01 USD").stream()
                        .map(option -> option[1])
                        .toList());
        assertThat(Json.records()
                        .readTree(plan("--target", CLOUDS, "--max-cost", "500 JPY", "-o", "json")
                                .out())
                        .has("plan"))
                .as("where none was made")
                .isFalse();
    }

    @Test
    void whatMayCostAnySumComesAfterWhatIsALittleOverTheLimit() {
        List<String[]> options = csv("--target", "sagemaker,bedrock", "--max-cost", "0.01 USD");

        assertThat(options.stream().map(option -> option[LIKELY_COST].isEmpty()).toList())
                .contains(true, false)
                .isSorted();
        assertThat(options)
                .allSatisfy(option ->
                        assertThat(option[STANDING]).isEqualTo(option[LIKELY_COST].isEmpty() ? "shown" : "over-limit"));
    }

    @Test
    void whatTakesTooLongIsOverWhateverItCosts() {
        List<String[]> options = csv("--target", CLOUDS, "--deadline", "1m");
        CommandRun bedrock = plan("--target", "bedrock", "--deadline", "1m");

        assertThat(options.stream().map(option -> option[TARGET])).contains("bedrock", "azure-openai");
        assertThat(options).allSatisfy(option -> assertThat(option[STANDING]).isEqualTo("over-limit"));
        assertThat(bedrock.err()).as("more time would not do").contains("FT0762");
        assertThat(oneLine(bedrock.err())).contains("it would take longer than the limit of 1 min");
        assertThat(oneLine(bedrock.out())).contains("over: likely to break a limit");
    }

    private List<String[]> csv(String... arguments) {
        return plan(with(arguments, "-o", "csv"))
                .out()
                .lines()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
    }

    @Test
    void spotWhereNoneIsSoldIsNotTakenForALackOfMemory() {
        CommandRun none = plan("--target", "jumpstart", "--spot", "only");

        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.err())
                .contains("FT0770", "cannot be planned on spot at jumpstart", "--spot never")
                .doesNotContain("memory");
    }

    /** Rows often come in the order of their length, so that the first ones tell nothing of the last. */
    @Test
    void everyRowIsMeasuredWhereTheTokenizerIsNotHere() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 52_000; row++) {
            String text = "ab".repeat(row < 51_000 ? 2 : 1000) + row;
            rows.append("{\"text\": \"").append(text).append("\", \"answer\": \"yes\"}\n");
        }
        Files.writeString(folder.resolve("many.jsonl"), rows);
        job = Files.writeString(
                folder.resolve("many.yaml"), Files.readString(job).replace("tickets.jsonl", "many.jsonl"));

        JsonNode first = json("--target", CLOUDS).at("/workload");

        assertThat(first.at("/tokens/max").asLong()).isGreaterThan(500);
        assertThat(first.at("/tokens/p50").asLong()).isLessThan(30);
        assertThat(first.at("/trainingTokens").asDouble()
                        / first.at("/rows/train").asDouble()
                        / 3)
                .isCloseTo(first.at("/tokens/mean").asDouble(), within(0.5));
        assertThat(json("--target", CLOUDS).at("/workload"))
                .as("told from what was kept")
                .isEqualTo(first);
        assertThat(oneLine(plan("--target", "bedrock").out()))
                .containsPattern("takes no more than 10,000 rows, the job has \\d\\d,\\d{3}");
    }

    @Test
    void flagsThatLeaveNothingAreNamedAndNotTakenForALackOfMemory() {
        CommandRun spot = plan("--target", "bedrock", "--spot", "only");
        CommandRun gpu = plan("--target", "local", "--gpu", "H100");

        assertThat(spot.exitCode()).isEqualTo(5);
        assertThat(oneLine(spot.err()))
                .contains("FT0760: nothing is offered at bedrock with --spot only", "without it there are ")
                .contains("finetune plan " + job + " --target bedrock")
                .doesNotContain("memory", "does not tune");
        assertThat(gpu.err())
                .contains("nothing is offered at local with --gpu H100", "only a machine of one's own is there");
    }

    /** Whoever asks for what begins with eu- would take the plan for one of Europe. */
    @Test
    void aPlaceWhoseRegionsHaveOtherNamesIsSaidToBeLeftOut() {
        String azure = "azure-ml: it has nothing in eu-; --region eu means its francecentral, germanywestcentral, ";

        CommandRun beside = plan("--target", CLOUDS, "--region", "eu-");
        CommandRun alone = plan("--target", "azure-ml", "--region", "eu-");
        CommandRun all = plan("--target", CLOUDS, "--region", "eu");

        assertThat(beside.exitCode()).as(beside.err()).isZero();
        assertThat(oneLine(beside.out()))
                .contains(azure)
                .contains("bedrock: it has nothing in eu-; its regions are us-east-1, us-west-2");
        assertThat(alone.exitCode()).isEqualTo(5);
        assertThat(oneLine(alone.out())).contains(azure);
        assertThat(oneLine(all.out())).doesNotContain("azure-ml: it has nothing");
        assertThat(csv("--target", CLOUDS, "--region", "eu", "--all").stream()
                        .map(option -> option[TARGET])
                        .distinct())
                .contains("sagemaker", "azure-ml");
    }

    @Test
    void aPlaceThatHasNotTheModelIsNotTakenForOneThatLacksMemory() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "smollm2-135m-instruct"));

        CommandRun none = plan("--target", "jumpstart");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: jumpstart does not tune tickets as it is", "jumpstart: it has no such model")
                .contains("of all that is offered it fits ")
                .doesNotContain("memory", "a smaller one");
    }

    @Test
    void withoutTheFlagsThereIsAsMuchAsTheRemedyLooksAt() throws IOException {
        for (String spot : List.of("never", "allow")) {
            String[] offers = {"offers", "--target", "azure-ml", "--spot", spot, "-o", "json"};
            String sold = CommandRun.at(CLOCK, folder.resolve("home"), Map.of(), offers)
                    .out();

            String told = oneLine(
                    plan("--target", "azure-ml", "--gpu", "L4", "--spot", spot).err());

            int without = Json.records().readTree(sold).get("offers").size();
            assertThat(told)
                    .contains("nothing is offered at azure-ml with --gpu L4")
                    .contains("without it there are " + without + " offers");
            assertThat(told.contains("--target azure-ml --spot allow")).isEqualTo(spot.equals("allow"));
        }
    }

    @Test
    void flagsThatNobodyCanMeetAreRefused() {
        for (String[] flags : new String[][] {
            {"--deadline", "0h", "--deadline: must be longer than nothing"},
            {"--max-cost", "0", "--max-cost: must be above 0"},
            {"--region", "us-west-1x", "no offer has the region us-west-1x"},
            {"--gpu", "none", "only this machine is planned without a GPU"},
            {"--gpu", "A100::2", "--gpu: names, memory and count must not be blank"},
            {"--gpu", "A100:3", "no offer has GPUs like A100:3"}
        }) {
            CommandRun run = plan(flags[0], flags[1]);

            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(oneLine(run.err())).contains("FT0002: ", flags[2]);
        }
    }

    /** The one that failed is none: a job that names a machine, or a place, has to name another. */
    @Test
    void noRemedyIsTheCommandThatFailed() throws IOException {
        job = write("method: lora\ntargets: [sagemaker]\nplaces: {sagemaker: {machine: ml.g4dn.xlarge}}");

        CommandRun run = plan();

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err())
                .contains("FT0760")
                .containsPattern("(or|try) +(targets: \\[|places\\.sagemaker: \\{machine: )")
                .doesNotContainPattern("(or|try) +finetune plan " + Pattern.quote(job.toString()) + "\n");
    }

    @Test
    void aPlaceWhoseRegionHasNoKnownMachineIsToldOf() throws IOException {
        job = write("method: lora\nplaces: {sagemaker: {region: us-gov-west-1}}");

        CommandRun beside = plan("--target", CLOUDS);
        CommandRun alone = plan("--target", "sagemaker");

        assertThat(beside.exitCode()).isZero();
        assertThat(oneLine(beside.out()))
                .contains("sagemaker: what its machines cost in us-gov-west-1 is not known here");
        assertThat(alone.err()).contains("FT0770", "job.yaml:");
        assertThat(alone.out()).as("nothing is ranked").doesNotContain("Ranked by");
    }

    @Test
    void aLimitInAnotherCurrencyIsNotTakenForDollars() {
        CommandRun yen = plan("--target", CLOUDS, "--max-cost", "500 JPY");

        assertThat(yen.exitCode()).isEqualTo(3);
        assertThat(yen.err())
                .contains("FT0769: the limit is 500 JPY, the prices are in USD", "--max-cost \"5 USD\"")
                .doesNotContain("job.yaml:");
    }

    @Test
    void onlyTheLimitThatIsBrokenIsProposedWider() throws IOException {
        CommandRun late = plan("--target", CLOUDS, "--deadline", "1m");

        assertThat(late.exitCode()).isEqualTo(6);
        assertThat(late.err())
                .contains("FT0761", "the cheapest: ", " --deadline ")
                .doesNotContain("max-cost", "keeps the money")
                .doesNotContainPattern("(?m)^  at ");

        job = write("method: lora\nbudget: {max-time: 1m}");
        assertThat(plan("--target", CLOUDS).err())
                .contains("FT0761", "budget: {max-time: ")
                .doesNotContain("max-cost");
    }

    /** A job's own limit of cost has nothing to do with the time that a flag allows. */
    @Test
    void theBudgetOfTheJobIsNotBlamedForALimitOfTheCommand() throws IOException {
        job = write("method: lora\nbudget: {max-cost: 100 USD}");

        assertThat(plan("--target", CLOUDS, "--deadline", "1m").err())
                .contains("FT0761", " --deadline ")
                .doesNotContain("budget: {")
                .doesNotContainPattern("(?m)^  at ");
        assertThat(plan("--target", CLOUDS, "--deadline", "9h", "--max-cost", "0.01 USD")
                        .err())
                .contains("FT0761", " --max-cost ")
                .doesNotContainPattern("(?m)^  at ");
    }

    /** What is pasted stands in place of the budget that is there. */
    @Test
    void aWiderLimitOfTheJobKeepsTheOtherBesideIt() throws IOException {
        job = write("method: lora\nbudget: {max-cost: 100 USD, max-time: 1m}");
        String late = plan("--target", CLOUDS).err();
        job = write("method: lora\nbudget: {max-cost: 0.01 USD, max-time: 9h}");
        String dear = plan("--target", "sagemaker").err();

        assertThat(late).containsPattern("try +budget: \\{max-cost: 100 USD, max-time: (?!1m\\})");
        assertThat(dear).containsPattern("try +budget: \\{max-cost: [\\d.]+ USD, max-time: 9h\\}");
        assertThat(dear).doesNotContain("max-cost: 0.01");
    }

    /** The cheapest takes longer than that, this machine, say, for weeks. */
    @Test
    void whoIsShortOfTimeAloneIsProposedTheTimeOfTheFastest() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.2-3b-instruct"));
        JsonNode cheapest = json("--target", "azure-ml", "--optimize", "cost").at("/options/0");
        Duration slow = Durations.parse(cheapest.at("/time/high").asText());

        String err = oneLine(plan("--target", "azure-ml", "--deadline", "1m").err());

        Matcher proposed = Pattern.compile("--deadline (\\S+)").matcher(err);
        assertThat(proposed.find()).as(err).isTrue();
        assertThat(Durations.parse(proposed.group(1))).isLessThan(slow);
        assertThat(proposed.find()).as(err).isFalse();
    }

    /** The cheapest of all would break the time, too. */
    @Test
    void ofTwoLimitsTheCheapestThatKeepsTheTimeIsNamed() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.2-3b-instruct"));
        JsonNode cheapest = json("--target", "azure-ml", "--optimize", "cost").at("/options/0");
        String time = Durations.format(Duration.ofMinutes(seconds(cheapest.at("/time/likely")) / 60 - 1));

        String err = oneLine(plan("--target", "azure-ml", "--max-cost", "0.01 USD", "--deadline", time)
                .err());

        assertThat(err)
                .contains("the cheapest in that time: azure-ml/")
                .doesNotContain("in that time: " + cheapest.get("id").asText())
                .containsPattern("try +finetune plan \\S+ --target azure-ml --max-cost \"[\\d.]+ USD\" --deadline "
                        + time + " ");
    }

    /** Pasted, it answers what was asked. */
    @Test
    void aWiderLimitIsProposedWithAllElseThatWasAsked() {
        String[] asked = {"--target", "sagemaker,azure-ml", "--gpu", "A10G", "--region", "us-", "--optimize", "cost"};

        String err = oneLine(
                plan(with(asked, "--max-cost", "0.01 USD", "--deadline", "9h")).err());

        assertThat(err)
                .containsPattern("finetune plan " + Pattern.quote(job.toString())
                        + " --target sagemaker,azure-ml --region us- --gpu A10G --optimize cost"
                        + " --max-cost \"[\\d.]+ USD\" --deadline 9h");
    }

    @Test
    void gpusAreAskedForByMemoryAndCountInAPlanAndInWhatItProposes() throws IOException {
        String[] asked = {"--target", "sagemaker,azure-ml", "--gpu", "40GB..80GB:1..4", "--gpu", "A10G:4"};

        JsonNode options = json(asked).at("/options");
        String err = oneLine(plan(with(asked, "--max-cost", "0.01 USD")).err());

        assertThat(options).isNotEmpty().allSatisfy(option -> {
            JsonNode gpus = option.at("/offer/gpus");
            boolean isA10G = gpus.get("name").asText().equals("A10G");
            assertThat(gpus.get("memoryGb").asInt()).isBetween(isA10G ? 24 : 40, isA10G ? 24 : 80);
            assertThat(gpus.get("count").asInt()).isBetween(isA10G ? 4 : 1, 4);
        });
        assertThat(err).contains(" --gpu 40GB..80GB:1..4 --gpu A10G:4 --max-cost ");
    }

    @Test
    void aWiderLimitIsProposedWithTheSizesOfAModelThatNobodyKnows() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret-7b"));
        String[] sizes = {"--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000"};

        String err = oneLine(plan(with(sizes, "--target", "sagemaker", "--max-cost", "0.01 USD"))
                .err());

        assertThat(err)
                .containsPattern("finetune plan " + Pattern.quote(job.toString()) + " " + String.join(" ", sizes)
                        + " --target sagemaker --max-cost \"[\\d.]+ USD\"");
    }

    @Test
    void whatIsForeseenAndWhatTheLimitMustBeStandInOneLine() {
        CommandRun none = plan("--target", "sagemaker", "--max-cost", "0.01 USD");

        Matcher cheapest = Pattern.compile(
                        "the cheapest: \\S+, foreseen to take (\\S+) USD [^;]+; with what a launch keeps"
                                + " back besides, the limit must be (\\S+) USD at least")
                .matcher(oneLine(none.err()));
        assertThat(cheapest.find()).as(none.err()).isTrue();
        assertThat(new BigDecimal(cheapest.group(1))).isLessThan(new BigDecimal(cheapest.group(2)));
        assertThat(none.err()).as("to the cent").doesNotContainPattern("\\.\\d{3,} USD");
        assertThat(plan("--target", "sagemaker", "--max-cost", cheapest.group(2) + " USD")
                        .exitCode())
                .isZero();
    }

    /** Whatever the third digit of a cost is, half of them rounded down. */
    @Test
    void whatBreaksALimitIsToldAsMoreThanIt() throws IOException {
        for (int epochs = 1; epochs <= 6; epochs++) {
            job = write("method: lora\ntraining: {epochs: " + epochs + "}");
            BigDecimal least = StreamSupport.stream(
                            json("--target", "sagemaker").at("/options").spliterator(), false)
                    .map(option -> option.at("/cost/likely"))
                    .filter(JsonNode::isTextual)
                    .map(PlanCommandTest::amount)
                    .min(BigDecimal::compareTo)
                    .orElseThrow();
            BigDecimal limit = least.subtract(new BigDecimal("0.0001"));

            String err = oneLine(
                    plan("--target", "sagemaker", "--max-cost", limit + " USD").err());

            Matcher cheapest = Pattern.compile("the cheapest: \\S+, foreseen to take (\\S+) USD")
                    .matcher(err);
            assertThat(cheapest.find()).as(err).isTrue();
            assertThat(new BigDecimal(cheapest.group(1))).as(err).isGreaterThan(limit);
        }
    }

    @Test
    void whatThisMachineWouldRefuseIsNotRehearsed() throws IOException {
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.1-405b-instruct"));

        CommandRun refused = plan("--rehearse");

        assertThat(refused.exitCode()).isEqualTo(5);
        assertThat(refused.err())
                .contains("FT0767: tickets cannot be rehearsed on this machine", "this machine needs", "GiB, has");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void whatAPlaceOfMachinesTunesByTheTokenIsNotChosen() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

        CommandRun planned = plan("--target", "azure-ml", "-o", "json");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(planned.out())
                .contains("Standard_N", "what it tunes by the token is not launched from here")
                .doesNotContain("Llama-3.3-70B-Instruct");
    }

    @Test
    void whatTheTableSaysOfLimitsIsSaidInWords() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.2-3b-instruct"));
        String[] one = {"--target", "azure-ml", "--gpu", "A10"};
        JsonNode time = json(with(one, "--optimize", "cost")).at("/options/0/time");
        long minutes = (seconds(time.get("likely")) + seconds(time.get("high"))) / 120;

        String likely = oneLine(plan(with(one, "--deadline", minutes + "m")).out());
        String over = oneLine(plan(with(one, "--deadline", "1m")).out());

        assertThat(likely).contains("likely in: within the limits at P50, not at P90.");
        assertThat(over)
                .contains("over: likely to break a limit, what a launch keeps back included.")
                .doesNotContain("likely in");
    }

    @Test
    void theLegendOfAPlanForThisMachineAloneSpeaksOfNoGpuAndOfNoPrice() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "smollm2-135m-instruct"));

        CommandRun plan = plan("--target", "local");

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(oneLine(plan.out()))
                .contains("GIB: memory that 9 in 10 such runs need at most, of what the machine has. ")
                .doesNotContain("a GPU's", "old: ");
    }

    /** Numbers of the one are not those of the other. */
    @Test
    void theHintOfEveryOptionNamesAnOptionOfTheSameTable() {
        assertThat(oneLine(plan("--target", "bedrock").out()))
                .contains(" --explain 1 shows every item, --all every option in every region, numbered anew.");
        assertThat(oneLine(plan("--target", "bedrock", "--all").out()))
                .contains(" --all --explain 1 shows every item.");
    }

    @Test
    void whatHoldsTheModelStandsInARegionThatIsAskedFor() {
        String[] asked = {"--target", "sagemaker", "--region", "eu-"};

        assertThat(oneLine(plan(asked).out()))
                .containsPattern("hosting USD a month afterwards: sagemaker [\\d,.]+ in eu-");
        assertThat(oneLine(plan(with(asked, "--explain", "1")).out()))
                .containsPattern("afterwards, a month: [^(]+\\(730 h x [\\d.]+ USD in eu-");
    }

    /** No deployment for developers lasts so long. */
    @Test
    void whatIsHeldForADayIsNotSaidToCostNothingAMonth() throws IOException {
        JsonNode options = json("--target", "azure-openai,sagemaker", "--spot", "allow", "--all")
                .at("/options");

        assertThat(options)
                .filteredOn(option -> option.get("id").asText().endsWith("/developer"))
                .isNotEmpty()
                .allSatisfy(option -> {
                    assertThat(option.at("/hosting/what").asText()).isEqualTo("held ready for 24 h at most");
                    assertThat(option.at("/hosting/basis").asText())
                            .contains(" an hour; its place ends what is deployed so after 24 h, and the model stays");
                    assertThat(option.get("hosting").has("perMonth")).isFalse();
                });
    }

    /** It has it in many regions. */
    @Test
    void theModelThatAServiceTunesIsProposedOnce() throws IOException {
        JsonNode remedies = Json.records()
                .readTree(plan("--target", "azure-openai", "--spot", "allow", "-o", "json")
                        .out())
                .at("/problems/0/remedies");

        assertThat(remedies)
                .extracting(JsonNode::asText)
                .contains("places.azure-openai.model: gpt-4.1-nano")
                .doesNotHaveDuplicates();
    }

    @Test
    void servicesAreNotSaidToLetMachines() {
        String out = oneLine(
                plan("--target", "azure-openai", "--spot", "allow", "--all").out());

        assertThat(out).contains("gpt-4.1-nano").doesNotContain("lets the same machines");
    }

    /** A check says so, too, but only once the model is fetched. */
    @Test
    void anEncoderIsNotPlannedForATaskThatNeedsWords() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "bert-base-uncased"));

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0340: the model is an encoder", "job.yaml:3:", "task.kind: classification");
        assertThat(refused.out()).isEmpty();
    }

    /** Of a fetched model the local runner says so, too. */
    @Test
    void aHeadAloneIsNotPlannedForAModelThatHasNone() throws IOException {
        job = write("method: head");

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0475: the model has no classification head to train", "job.yaml:5:", "method: lora");
        assertThat(refused.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qlora", "prompt-tuning", "prefix-tuning"})
    void anEncoderIsNotPlannedForAMethodOfModelsThatSpeak(String method) throws IOException {
        job = write("method: " + method);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("llama-3.1-8b-instruct", "bert-base-uncased")
                        .replace("question-answering", "classification"));

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0475: the model is an encoder, which is not trained by " + method, "job.yaml:5:")
                .containsPattern("try +method: lora");
        assertThat(refused.out()).isEmpty();
    }

    /** As on one's own machine, which is free. */
    @Test
    void besideAChoiceThatTakesWeeksStandsOneThatDoesNot() throws IOException {
        JsonNode told = Json.records()
                .readTree(plan("--target", "sagemaker", "--optimize", "cost", "-o", "json")
                        .out());
        assertThat(printed(told)).doesNotContain("faster");

        ((ObjectNode) told.at("/options/0/time")).put("likely", "16d").put("high", "40d");

        assertThat(printed(told)).containsPattern("faster +\\d+ sagemaker ml\\S+: [\\d.]+ (min|h) for [\\d.]+ USD\n");
    }

    @Test
    void whatIsTightIsSaidToBeThoughItHasNoPrice() throws IOException {
        JsonNode told = json("--target", "sagemaker");
        ObjectNode first = (ObjectNode) told.at("/options/0");
        first.put("standing", "shown").remove("cost");
        assertThat(oneLine(printed(told))).contains(" no price ").doesNotContain("tight: ");

        first.put("fit", "tight");

        assertThat(oneLine(printed(told)))
                .contains("tight: more than 1 in 10 such runs need more than it has.")
                .doesNotContain(" no price ");
    }

    @Test
    void aModelWhoseNameNoFileCanHaveIsNotHere() throws IOException {
        JsonNode told = json("--target", "sagemaker");
        ((ObjectNode) told).put("model", "models/\uD800.gguf");

        assertThat(oneLine(printed(told))).contains(" to fetch, ");
    }

    private String printed(JsonNode told) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        new PlanView(new Screen(stream, stream, false, false, false, 80), job)
                .print(Json.records().treeToValue(told, Plan.class), false);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aCostAtThePriceOnDemandIsNotSaidToBeOfAPriceThatNobodyKnows() {
        String spot = plan("--target", "sagemaker", "--spot", "only", "--all").out();

        assertThat(oneLine(spot))
                .containsPattern(
                        "at most: at the price on demand( \\(of some an estimate\\))?, spot's own is not known\\.");
        assertThat(spot).containsPattern(" \\d{4}-\\d\\d-\\d\\d\n[^\n]* at most");
        assertThat(oneLine(plan("--target", "sagemaker").out())).doesNotContain("at most:");
    }

    @Test
    void whatMovesAPriceIsSaidBesideWhereItComesFrom() {
        String known = "sagemaker/us-east-1/ml.g5.xlarge/spot";

        assertThat(oneLine(plan("--target", "sagemaker", "--spot", "only", "--explain", known)
                        .out()))
                .containsPattern("how spot prices move until the launch; [^\\[]+, but never above the price on demand, "
                        + "[\\d.]+ USD");
        assertThat(oneLine(plan("--target", "sagemaker", "--explain", "1").out()))
                .doesNotContain("how spot prices move");
    }

    @Test
    void noCostIsTabledWithoutThePriceThatItIsToldAt() {
        List<String[]> options = csv("--target", "sagemaker,bedrock", "--spot", "allow", "--all");

        assertThat(options)
                .filteredOn(option -> !option[LIKELY_COST].isEmpty())
                .hasSizeGreaterThan(20)
                .allSatisfy(option -> assertThat(List.of(option[PRICE], option[PRICE + 1], option[PRICE + 2]))
                        .as(option[1])
                        .doesNotContain(""));
        assertThat(options)
                .as("nor a price without a cost")
                .filteredOn(option -> option[LIKELY_COST].isEmpty())
                .isNotEmpty()
                .allSatisfy(option -> assertThat(option[PRICE]).isEmpty());
    }

    /** There is no room for it beside the date. */
    @Test
    void aPriceOnDemandThatIsAnEstimateIsSaidToBeOne() throws IOException {
        JsonNode told = Json.records()
                .readTree(plan("--target", "sagemaker", "--spot", "only", "-o", "json")
                        .out());
        ((ObjectNode) told.at("/options/0/offer")).remove("perHour");
        ((ObjectNode) told.at("/options/0/offer/atMost")).put("isEstimate", true);

        assertThat(oneLine(printed(told)))
                .contains("at most: at the price on demand (of some an estimate), spot's own is not known.");
    }

    @Test
    void theBudgetOfTheJobIsALimitToo() throws IOException {
        job = write("method: lora\nbudget: {max-cost: 0.01 USD}");

        CommandRun none = plan("--target", CLOUDS);

        assertThat(none.exitCode()).isEqualTo(6);
        assertThat(none.err()).contains("job.yaml:6");
    }

    @Test
    void whereNothingFitsTheNearestThreeSayWhatWouldMakeThemFit() throws IOException {
        job = write("method: full");

        CommandRun none = plan("--target", "sagemaker", "--gpu", "T4");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err())).contains("FT0760", "GiB per GPU", "x T4)", "fits with method: qlora");
    }

    /** Of a row of 20,000 tokens an 8B model keeps some 190 GB of activations, and of its layers' inputs 5. */
    @Test
    void whereNoMachineKeepsAllActivationsItIsSaidThatTheJobForbidsToComputeThemAgain() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rows.append(Json.line(Map.of(
                            "text",
                            ("ticket " + i + ": the printer is out of paper again. ").repeat(4000),
                            "answer",
                            "yes")))
                    .append('\n');
        }
        Files.writeString(folder.resolve("tickets.jsonl"), rows);
        job = write("method: lora\ntraining: {recompute: none, max-tokens: 20000, batch-size: 1}");

        CommandRun none = plan("--target", "azure-ml", "--gpu", "A100-80");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err())).contains("FT0760", "GiB per GPU", "fits with training.recompute: auto");
    }

    @Test
    void whereNothingFitsOnlyWhatWasTriedIsSaidToBeNoHelp() throws IOException {
        for (String place : List.of("sagemaker", "jumpstart")) {
            job = write("method: lora");
            Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

            String err = oneLine(plan("--target", place, "--gpu", "T4").err());

            assertThat(err)
                    .contains("FT0760", "GiB per GPU")
                    .contains("; no shorter row or lower rank or QLoRA fits either");
        }
    }

    /** Of 8 billion weights adapters of rank 1,024 are 2.7 billion more, each with its gradient and moments. */
    @ParameterizedTest
    @ValueSource(strings = {"lora", "qlora"})
    void whereAdaptersAreTooLargeALowerRankIsProposed(String method) throws IOException {
        job = write("method: {kind: " + method + ", rank: 1024}");

        CommandRun none = plan("--target", "sagemaker", "--gpu", "T4");

        assertThat(none.exitCode()).isEqualTo(5);
        Matcher rank = Pattern.compile("fits with (?:method.kind: qlora and )?method.rank: (\\d+)")
                .matcher(oneLine(none.err()));
        assertThat(rank.find()).as(none.err()).isTrue();
        job = write("method: {kind: qlora, rank: " + rank.group(1) + "}");
        CommandRun pasted = plan("--target", "sagemaker", "--gpu", "T4");
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    /** By the engine that is sent there as by a script of the place's own. */
    @ParameterizedTest
    @ValueSource(strings = {"qlora", "full"})
    void everyMethodIsPlannedAtEveryPlaceThatLendsMachines(String method) throws IOException {
        job = write("method: " + method);

        assertThat(json("--target", CLOUDS).at("/options").findValuesAsText("target"))
                .contains("sagemaker", "azure-ml", "jumpstart");
    }

    /** 16 bytes for each of 8 billion weights are more than such a GPU has. */
    @Test
    void weightsThatAreTrainedAreSharedOutAmongGpus() throws IOException {
        job = write("method: full");

        JsonNode options = json("--target", "sagemaker", "--gpu", "A100-80").at("/options");

        assertThat(options).isNotEmpty().allSatisfy(option -> {
            assertThat(option.at("/settings/gpus").asInt()).isGreaterThan(1);
            assertThat(option.at("/settings/parallelism").asText()).isEqualTo("fsdp");
        });
    }

    @Test
    void aDiskThatTheJobFileMakesTooSmallIsToldWithTheSizeThatWouldDo() throws IOException {
        job = write("""
                method: lora
                places: {sagemaker: {region: us-east-1, machine: ml.p3.2xlarge, volume-gb: 10}}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "smollm2-135m-instruct"));

        CommandRun planned = plan("--target", "sagemaker");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(oneLine(planned.err()))
                .containsPattern("FT0484: ml.p3.2xlarge would have a disk of 10 GB, and the job needs up to 2\\d GB")
                .contains("a launch would be refused", "places.sagemaker.volume-gb: 30");
        assertThat(oneLine(plan("--target", "sagemaker", "--explain", "1").out()))
                .containsPattern("its disk of 10 GB is too small, the job needs up to 2\\d GB:"
                        + " places.sagemaker.volume-gb: 30");
        Files.writeString(job, Files.readString(job).replace("volume-gb: 10", "volume-gb: 30"));
        assertThat(plan("--target", "sagemaker").err()).doesNotContain("FT0484");
    }

    @Test
    void whatNoEngineTrainsIsPlannedAndSaidNotToBeLaunched() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "mixtral-8x7b-instruct-v0.1"));

        CommandRun planned = plan("--target", "sagemaker,azure-ml");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(oneLine(planned.err()))
                .contains("FT0483: a launch at azure-ml, sagemaker would be refused")
                .contains("nothing of finetune4j trains MixtralForCausalLM");
        job = write("method: lora");
        assertThat(plan("--target", "sagemaker,azure-ml").err()).doesNotContain("FT0483");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "head"})
    void machinesArePlannedForAnEncoder(String method) throws IOException {
        job = onEncoder(method, "bert-base-uncased");

        CommandRun planned = plan("--target", "sagemaker,azure-ml", "-o", "json");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(Json.records().readTree(planned.out()).path("options"))
                .extracting(option -> option.path("target").asText())
                .contains("sagemaker", "azure-ml");
        assertThat(planned.err()).doesNotContain("FT0483");
    }

    /** As where it is known by its configuration alone. */
    @Test
    void anEncoderThatNoEngineTrainsIsPlannedAndSaidNotToBeLaunched() throws IOException {
        Path model = Files.createDirectory(folder.resolve("encoder"));
        Files.writeString(model.resolve("config.json"), """
                {"architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_size": 768, "intermediate_size": 3072,
                 "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 250002, "max_position_embeddings": 514,
                 "type_vocab_size": 1}
                """);
        job = onEncoder("full", model.toString());

        CommandRun planned = plan("--target", "sagemaker");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(oneLine(planned.err()))
                .contains("FT0483: a launch at sagemaker would be refused")
                .contains("nothing of finetune4j trains XLMRobertaForMaskedLM");
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("XLMRobertaModel", "RobertaForSequenceClassification")
                        .replace("xlm-roberta", "roberta"));
        assertThat(plan("--target", "sagemaker").err()).doesNotContain("FT0483");
    }

    private Path onEncoder(String method, String model) throws IOException {
        Path file = write("method: " + method);
        return Files.writeString(
                file,
                Files.readString(file)
                        .replace("llama-3.1-8b-instruct", model)
                        .replace("question-answering", "classification"));
    }

    @Test
    void noMachineIsProposedForWhatMachinesDoNotLearn() throws IOException {
        String row = "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"Which printer, of N?\"}]},"
                + "\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"The one on floor seven.\"}],"
                + "\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"None.\"}]}\n";
        Files.writeString(
                folder.resolve("tickets.jsonl"),
                IntStream.range(0, 300)
                        .mapToObj(i -> row.replace("N?", i + "?"))
                        .collect(Collectors.joining()));
        Files.writeString(job, """
                name: tickets
                model: qwen2.5-7b-instruct
                task: preference
                data: {file: tickets.jsonl}
                method: lora
                """);

        CommandRun none = plan("--target", CLOUDS);

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760", "azure-openai do not tune tickets as it is")
                .contains("it learns answers, not which of two is better", "places.azure-openai.model: ")
                .doesNotContain("it fits", "targets: [");
    }

    @Test
    void kindsOfGpuWithTheSameMemoryHaveTheirOwnSpeed() throws IOException {
        job = write("method: qlora");
        JsonNode options = json("--target", "jumpstart").at("/options");

        Duration slow = training(options, "ml.g6.xlarge"); // an L4 with 300 GB/s
        Duration fast = training(options, "ml.g5.xlarge"); // an A10G with 600 GB/s

        assertThat(fast).isLessThan(slow.multipliedBy(9).dividedBy(10));
    }

    /** Only the tuned one was taught where an answer ends. */
    @Test
    void modelsThatWereNotTunedMayWriteToTheLimit() throws IOException {
        job = write("method: qlora\nevaluation: {max-new-tokens: 16}");
        Duration brief = phase(json("--target", "sagemaker").at("/options"), "ml.g5.xlarge", "evaluation");
        job = write("method: qlora\nevaluation: {max-new-tokens: 1024}");
        Duration lengthy = phase(json("--target", "sagemaker").at("/options"), "ml.g5.xlarge", "evaluation");

        assertThat(lengthy).isGreaterThan(brief.plusSeconds(45));
    }

    private static Duration training(JsonNode options, String machine) {
        return phase(options, machine, "training");
    }

    private static Duration phase(JsonNode options, String machine, String name) {
        return StreamSupport.stream(options.spliterator(), false)
                .filter(option -> option.at("/name").asText().equals(machine))
                .flatMap(option -> StreamSupport.stream(option.at("/phases").spliterator(), false))
                .filter(phase -> phase.at("/name").asText().equals(name))
                .map(phase -> Durations.parse(phase.at("/time/likely").asText()))
                .findFirst()
                .orElseThrow();
    }

    /** A model of which all weights need four times the memory of this machine. */
    @Test
    void whereThisMachineIsTooSmallAMethodThatFitsItIsSaid() throws IOException {
        String layers = String.valueOf(CommandRun.MEMORY / 4 / (12 * 4096 * 4096));
        String[] large = {"--target", "local", "--hidden-size", "4096", "--layers", layers, "--vocabulary", "32000"};
        job = write("method: full");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret"));

        CommandRun none = plan(large);
        Files.writeString(job, Files.readString(job).replace("method: full", "method: qlora"));
        CommandRun pasted = plan(large);

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .containsPattern("local: needs [\\d.,]+ GiB, has [\\d.,]+; fits with method: q?lora");
        assertThat(none.err()).containsPattern("try +method: q?lora");
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    /** 256 rows of 8,192 tokens keep 512 GiB of inputs of layers, and one of them 2. */
    @Test
    void whereThisMachineIsTooSmallAStepIsCutBeforeRowsAre() throws IOException {
        Files.writeString(
                folder.resolve("tickets.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(i -> ("ticket " + i + ": the printer is out of paper again. ").repeat(1000))
                        .map(text -> Json.line(Map.of("text", text, "answer", "yes")) + "\n")
                        .collect(Collectors.joining()));
        String[] said = {"--target", "local", "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000"};
        job = write("method: lora\ntraining: {batch-size: 256, max-tokens: 8192}");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret"));

        CommandRun none = plan(said);

        assertThat(none.exitCode()).isEqualTo(5);
        Matcher change = Pattern.compile(
                        "(?:try|or) +training\\.batch-size: (\\d+) and training\\.gradient-accumulation: (\\d+)")
                .matcher(oneLine(none.err()));
        assertThat(change.find()).as(none.err()).isTrue();
        int rows = Integer.parseInt(change.group(1));
        int accumulation = Integer.parseInt(change.group(2));
        assertThat(rows * accumulation).as("rows of a step").isEqualTo(256);
        String smaller = "batch-size: " + rows + ", gradient-accumulation: " + accumulation;
        Files.writeString(job, Files.readString(job).replace("batch-size: 256", smaller));
        CommandRun pasted = plan(said);
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
    }

    @Test
    void aModelThatNobodyKnowsIsAskedForThreeNumbers() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret-7b"));

        CommandRun unknown = plan("--target", CLOUDS);
        CommandRun said = plan("--target", CLOUDS, "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000");

        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.err()).contains("FT0481", "--hidden-size C --layers L --vocabulary V");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains("6.84 B parameters");
        assertThat(plan("--layers", "32").exitCode()).isEqualTo(2);
    }

    @Test
    void aConfigurationAloneIsEnough() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22,
                 "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out()).contains("1.10 B parameters");
        assertThat(oneLine(plan.out()))
                .as("no place can fetch it from here")
                .containsPattern(" trained; [\\d.]+ GiB of weights and [\\d.]+ KiB of rows to send")
                .doesNotContain("to fetch");
    }

    @Test
    void aConfigurationThatCannotBeReadIsPlannedByWhatIsSaid() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"model_type": "llama", "hidden_size": -5, "num_hidden_layers": 22, "num_attention_heads": 32,
                 "vocab_size": 32000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun unread = plan("--target", CLOUDS);
        CommandRun said = plan("--target", CLOUDS, "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000");

        assertThat(unread.exitCode()).isEqualTo(3);
        assertThat(oneLine(unread.err()))
                .contains("FT0481", "hidden_size", "--hidden-size C --layers L --vocabulary V");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains("6.84 B parameters");
    }

    /** Once its weights are here, the local runner says so, too. */
    @Test
    void aModelWhoseConfigurationTheCoreDoesNotTrainIsNotPlannedHere() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 64,
                 "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
                 "num_local_experts": 4, "num_experts_per_tok": 2, "vocab_size": 1000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun none = plan("--target", "local");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: local does not tune tickets as it is", "local: trains no MixtralForCausalLM");
    }

    @Test
    void aTowerForPicturesIsSaidNotToBeCounted() throws IOException {
        Files.createDirectories(folder.resolve("seeing"));
        Files.writeString(folder.resolve("seeing/config.json"), """
                {"architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
                 "text_config": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632,
                 "num_hidden_layers": 22, "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000},
                 "vision_config": {"hidden_size": 1024, "num_hidden_layers": 24}}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "seeing"));

        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(oneLine(plan.err()))
                .contains("FT0482: the model reads pictures, too", "the 1.10 B parameters that are planned with");
        Files.writeString(job, Files.readString(job).replace("seeing", "llama-3.1-8b-instruct"));
        assertThat(plan("--target", CLOUDS).err()).doesNotContain("FT0482");
    }

    @Test
    void asCsvEveryOptionIsALine() {
        List<String> lines = plan("--target", "azure-ml", "--gpu", "A100", "-o", "csv")
                .out()
                .lines()
                .toList();

        assertThat(lines.get(0)).startsWith("rank,id,chosen,standing,target,name,");
        assertThat(lines)
                .hasSizeBetween(4, 20)
                .filteredOn(line -> line.contains(",true,"))
                .hasSize(1);
    }

    @Test
    void anOptionThatIsNotThereIsNoOption() {
        CommandRun plan = plan("--target", CLOUDS, "--explain", "ml.g99.xlarge");

        assertThat(plan.exitCode()).isEqualTo(2);
        assertThat(plan.err()).contains("FT0763", "ml.g99.xlarge", "--all");
    }

    @Test
    void thePlaceOfAnOptionNamesTheBestOfItsOptions() {
        String[] options = csv("--target", CLOUDS).stream()
                .filter(option -> option[TARGET].equals("azure-ml"))
                .map(option -> option[1])
                .toArray(String[]::new);

        CommandRun azure = plan("--target", CLOUDS, "--explain", "azure-ml");
        CommandRun bedrock = plan("--target", CLOUDS, "--explain", "Bedrock");

        assertThat(options).hasSizeGreaterThan(1);
        assertThat(azure.out()).as(azure.err()).startsWith(options[0] + "\n");
        assertThat(bedrock.out()).as(bedrock.err()).startsWith("bedrock/us-west-2/");
    }

    private CommandRun plan(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "plan";
        all[1] = job.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return CommandRun.at(CLOCK, folder.resolve("home"), Map.of(), all);
    }

    private JsonNode json(String... arguments) throws IOException {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "-o";
        all[arguments.length + 1] = "json";
        return Json.records().readTree(plan(all).out());
    }

    private static BigDecimal amount(JsonNode money) {
        return new BigDecimal(money.asText().replace(" USD", ""));
    }

    private static long seconds(JsonNode duration) {
        return Durations.parse(duration.asText()).toSeconds();
    }

    /** Wherever the job lies; by the length of its path the lines of the legend end. */
    private String anywhere(String out) {
        String told = out.replace(job.toString(), "job.yaml");
        int legend = told.indexOf("GIB: a GPU");
        return legend < 0 ? told : told.substring(0, legend) + CommandRun.oneLine(told.substring(legend));
    }
}
