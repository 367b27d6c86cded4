package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.cli.view.PlanView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a plan is told: as a table with its legend, item by item, as CSV and JSON. */
class PlanOutputTest extends PlannedTickets {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");

    @Test
    void saysWhatTheJobTakesOnEveryTarget() {
        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        GOLDEN.assertMatches("plan.txt", anywhere(plan.out()));
        GOLDEN.assertMatches(
                "plan-explain.txt",
                anywhere(plan("--target", CLOUDS, "--explain", "ml.g6e.xlarge").out()));
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

    @Test
    void servicesAreNotSaidToLetMachines() {
        String out = oneLine(
                plan("--target", "azure-openai", "--spot", "allow", "--all").out());

        assertThat(out).contains("gpt-4.1-nano").doesNotContain("lets the same machines");
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

    private String printed(JsonNode told) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        new PlanView(new Screen(stream, stream, false, false, false, 80), job)
                .print(Json.records().treeToValue(told, Plan.class), false);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Wherever the job lies; by the length of its path the lines of the legend end. */
    private String anywhere(String out) {
        String told = out.replace(job.toString(), "job.yaml");
        int legend = told.indexOf("GIB: a GPU");
        return legend < 0 ? told : told.substring(0, legend) + CommandRun.oneLine(told.substring(legend));
    }
}
