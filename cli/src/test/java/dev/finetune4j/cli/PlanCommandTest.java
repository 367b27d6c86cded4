package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Durations;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job will take, from its rows to the cent. The clouds stand in every assertion, this machine in none: it differs. */
class PlanCommandTest extends PlannedTickets {
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
    void whatAPlaceOfMachinesTunesByTheTokenIsNotChosen() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "llama-3.3-70b-instruct"));

        CommandRun planned = plan("--target", "azure-ml", "-o", "json");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(planned.out())
                .contains("Standard_N", "what it tunes by the token is not launched from here")
                .doesNotContain("Llama-3.3-70B-Instruct");
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
}
