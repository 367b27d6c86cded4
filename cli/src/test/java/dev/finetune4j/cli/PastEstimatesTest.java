package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    private CommandRun command(String... arguments) {
        return CommandRun.in(folder.resolve("home"), Map.of("PATH", System.getenv("PATH")), arguments);
    }
}
