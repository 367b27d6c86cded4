package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.launch.PastEstimate;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was foreseen is held against what a run took, and the next estimate learns from it. */
class PastEstimatesTest {
    @TempDir
    Path folder;

    @Test
    void aRehearsalForeseesTheRunAndTheRunTeachesTheNextEstimate() throws IOException {
        Path job = TicketsJob.write(folder, 815);
        assertThat(command("estimates").out()).contains("no run has put an estimate to the test yet");
        JsonNode planned = Json.records()
                .readTree(command("plan", job.toString(), "--target", "local", "--rehearse", "-o", "json")
                        .out());

        CommandRun run = command("run", job.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> history = Files.readAllLines(folder.resolve("home/estimates.jsonl"));
        JsonNode figures = Json.records().readTree(history.get(0)).get("figures");
        assertThat(figures.at("/foreseen/basis").asText()).isEqualTo("rehearsal");
        assertThat(figures.at("/foreseen/time")).isEqualTo(planned.at("/options/0/time"));
        double foreseen = figures.at("/foreseen/memory/likely").asDouble();
        assertThat(figures.get("peakBytes").asDouble() / foreseen)
                .as("memory is no time: it hardly depends on the machine's load")
                .isCloseTo(1, within(0.15));
        double seconds = Durations.parse(figures.get("took").asText()).toMillis() / 1000.0;
        double likely =
                Durations.parse(figures.at("/foreseen/time/likely").asText()).toSeconds();
        assertThat(seconds / likely)
                .as("a run of seconds is mostly start-up, beside whatever else this machine does")
                .isBetween(0.4, 2.5);

        JsonNode scores =
                Json.records().readTree(command("estimates", "-o", "json").out());
        assertThat(scores).hasSize(1);
        assertThat(scores.at("/0/target").asText()).isEqualTo("local");
        assertThat(scores.at("/0/time/runs").asInt()).isEqualTo(1);
        assertThat(scores.at("/0/time/medianError").asDouble()).isCloseTo(Math.abs(seconds / likely - 1), within(0.01));
        assertThat(command("estimates").out()).contains("local", "rehearsal", "memory", "MEDIAN ERROR");
        assertThat(command("plan", job.toString(), "--target", "local", "--explain", "1")
                        .out())
                .contains("by the error of 1 such run");
    }

    /** A table may have a hundred thousand rows. */
    @Test
    void aBacktestSaysWhatItDoesMeanwhile() throws IOException {
        Path runs = Files.writeString(folder.resolve("runs.csv"), "model,method,wall_time_s\nany,lora,\n");

        CommandRun backtest = command("estimates", "backtest", "--runs", runs.toString());

        assertThat(backtest.exitCode()).as(backtest.err()).isZero();
        assertThat(backtest.err()).startsWith("comparing the runs of");
        assertThat(backtest.out()).contains("wall time");
    }

    /** What reads the figures finds each under its key. */
    @Test
    void aBacktestInJsonLeavesOutNoFigureThatNoRowTells() throws IOException {
        Path runs = Files.writeString(folder.resolve("runs.csv"), "model,method,wall_time_s\nany,lora,\n");

        CommandRun backtest = command("estimates", "backtest", "--runs", runs.toString(), "-o", "json");

        assertThat(Json.records().readTree(backtest.out()))
                .isEqualTo(Json.records()
                        .readTree("{\"memory\":{\"rows\":0,\"medianError\":null,\"verdictsRight\":null,"
                                + "\"insideInterval\":null},"
                                + "\"throughput\":{\"rows\":0,\"medianError\":null,\"insideInterval\":null},"
                                + "\"wallTime\":{\"rows\":0,\"medianFactor\":null},\"skipped\":[]}"));
    }

    /**
     * How long a machine is waited for tells nothing of the steps, which took twice as long as foreseen. So many epochs take a minute: of some
     * seconds, which are kept whole, a quarter more is hard to tell.
     */
    @Test
    void aRunOnGpusThatAreLetTeachesHowLongFurtherStepsTake() throws IOException {
        Path job = TicketsJob.write(folder, 815);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("model: " + TicketsJob.MODEL, "model: smollm2-135m-instruct")
                        .replace("epochs: 4", "epochs: 40"));
        JsonNode before = planned(job);
        Duration foreseen = training(option(before, "ml.g4dn.xlarge"));
        DurationRange steps = new DurationRange(foreseen.dividedBy(2), foreseen, foreseen.multipliedBy(2));
        Foreseen last = new Foreseen(
                new ProviderId("sagemaker"),
                Foreseen.Basis.SIZES,
                "LlamaForCausalLM",
                "LoRA, rank 16",
                "",
                steps,
                1,
                new ByteRange(4L << 30, 5L << 30, 6L << 30),
                1,
                null,
                new Foreseen.Steps("1x T4", steps, 1));
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(
                folder.resolve("home/estimates.jsonl"),
                Json.line(new PastEstimate(
                                new RunId("tickets-1"),
                                Instant.EPOCH,
                                new ForeseenAndActual(
                                        last, Duration.ofHours(9), 6L << 30, null, foreseen.multipliedBy(2), null)))
                        + "\n");

        JsonNode after = planned(job);

        JsonNode taught = option(after, "ml.g4dn.xlarge");
        assertThat((double) training(taught).toSeconds() / foreseen.toSeconds())
                .isCloseTo(Math.pow(2, 1 / 3.0), within(0.05));
        assertThat(phase(taught, "training").get("basis").asText()).contains("times 1.26 by the error of 1 such run");
        assertThat(phase(taught, "queue")).isEqualTo(phase(option(before, "ml.g4dn.xlarge"), "queue"));
        assertThat(phase(option(after, "ml.g5.xlarge"), "training"))
                .isEqualTo(phase(option(before, "ml.g5.xlarge"), "training"));
        for (String machine : List.of("ml.g4dn.xlarge", "ml.g5.xlarge")) {
            assertThat(neededBytes(option(after, machine)) / neededBytes(option(before, machine)))
                    .as("the memory of any GPU at the place")
                    .isCloseTo(Math.pow(1.2, 1 / 3.0), within(0.01));
            assertThat(option(after, machine).get("notes").toString())
                    .contains("memory as estimated, times 1.06 by the error of 1 such run");
        }
    }

    @Test
    void aLineThatCannotBeReadIsNotPassedOverInSilence() throws IOException {
        Files.createDirectories(folder.resolve("home"));
        Path history = Files.writeString(folder.resolve("home/estimates.jsonl"), "\n{\"run\":\"tickets-");

        CommandRun estimates = command("estimates");

        assertThat(estimates.exitCode()).as(estimates.err()).isZero();
        assertThat(estimates.out()).contains("no run has put an estimate to the test yet");
        assertThat(estimates.err()).contains("FT0539", history + ":2", "sed -i '2d' ");
    }

    private JsonNode planned(Path job) throws IOException {
        return Json.records()
                .readTree(command("plan", job.toString(), "--target", "sagemaker", "--all", "-o", "json")
                        .out());
    }

    private static JsonNode option(JsonNode plan, String name) {
        return StreamSupport.stream(plan.get("options").spliterator(), false)
                .filter(option -> option.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double neededBytes(JsonNode option) {
        return option.at("/neededMemory/likely").asDouble();
    }

    private static JsonNode phase(JsonNode option, String name) {
        return StreamSupport.stream(option.get("phases").spliterator(), false)
                .filter(phase -> phase.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Duration training(JsonNode option) {
        return Durations.parse(phase(option, "training").at("/time/likely").asText());
    }

    private CommandRun command(String... arguments) {
        return CommandRun.below(folder, arguments);
    }
}
