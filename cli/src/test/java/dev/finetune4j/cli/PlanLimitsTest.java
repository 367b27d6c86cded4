package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Durations;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What a plan makes of limits of cost and time, and which wider ones it proposes. */
class PlanLimitsTest extends PlannedTickets {
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

    @Test
    void theBudgetOfTheJobIsALimitToo() throws IOException {
        job = write("method: lora\nbudget: {max-cost: 0.01 USD}");

        CommandRun none = plan("--target", CLOUDS);

        assertThat(none.exitCode()).isEqualTo(6);
        assertThat(none.err()).contains("job.yaml:6");
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
                    .map(PlannedTickets::amount)
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
}
