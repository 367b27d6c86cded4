package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the tiny model of the JUnit extension's tests with two learning rates. */
class SweepCommandTest {
    @TempDir
    Path folder;

    private Path job;

    @BeforeEach
    void writesAJob() throws IOException {
        job = TicketsJob.write(folder, 17);
    }

    @Test
    void findsTheLearningRateThatLearnsAndTrainsEachTrialOnce() throws IOException {
        CommandRun first = command("--learning-rate", "1e-6,1e-2");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(CommandRun.oneLine(first.err()))
                .contains("2 runs: 2.0 times the training of the job alone, and 2 times 16 validation rows to answer");
        assertThat(first.err())
                .containsSubsequence(
                        "trial 1: learning rate 0.000001",
                        "trial 2: learning rate 0.01, about ",
                        "the winner answers the test rows");
        assertThat(first.out())
                .contains("Best: learning rate 0.01", "On 40 test rows: ", "\ntraining: {learning-rate: 0.01}\n")
                .containsPattern(
                        "(?m)^ +2  learning rate 0\\.01 +4\\.00  \\d\\.\\d{3}  [01]\\.\\d\\d \\[.*]  tickets-");
        Path page = Path.of(
                first.out().lines().reduce((one, other) -> other).orElseThrow().replace("page  ", ""));
        assertThat(page).content().contains("sweep, grid");

        CommandRun again = command("--learning-rate", "1e-6,1e-2", "-o", "json");

        assertThat(again.err().lines().filter(line -> line.contains("\"begin\":\"ended\"")))
                .hasSize(2);
        JsonNode sweep = Json.records().readTree(again.out());
        assertThat(sweep.at("/best/number").asInt()).isEqualTo(2);
        assertThat(sweep.at("/test/rows").asInt()).isEqualTo(40);
        assertThat(Json.records().readTree(page.resolveSibling("sweep.json").toFile()))
                .isEqualTo(sweep);
    }

    @Test
    void namesNoBestWhereNoLearningRateLearns() throws IOException {
        CommandRun run = command("--learning-rate", "1e-9,1e-8");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("Nothing was learned: the best trial is no better than the base model")
                .contains("Try a learning rate above 0.00000001, more epochs than 4, or more rows.")
                .doesNotContain("Best", "training: {");
    }

    /** After a third of the epochs the macro-F1 of all three is as good as chance, and no order but that of the losses is one. */
    @Test
    void halvingKeepsTheLearningRateThatLearns() throws IOException {
        CommandRun run = command("--learning-rate", "1e-6,1e-5,1e-2", "--search", "halving", "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode sweep = Json.records().readTree(run.out());
        assertThat(sweep.at("/best/candidate/learningRate").asDouble()).isEqualTo(1e-2);
        assertThat(sweep.at("/trials")).hasSize(4);
    }

    @Test
    void saysWhatIsWrongWithItsOptions() {
        assertUsage("a sweep needs values of learning-rate, rank or epochs");
        assertUsage("--search is grid, random or halving, was best", "--rank", "8", "--search", "best");
        assertUsage("needs search random or halving", "--learning-rate", "1e-5..1e-3");
        assertUsage("rank must be from 1 to 1024, was 0", "--rank", "0");
        assertUsage("was 1e-3..1e-4", "--search", "random", "--learning-rate", "1e-3..1e-4");
        assertUsage("was fast", "--learning-rate", "fast");
        assertUsage("trials must be at least 1, was 0", "--learning-rate", "1e-4", "--trials", "0");
        assertUsage("a duration looks like 90s, 45m or 2h30m, was soon", "--rank", "8", "--max-time", "soon");
    }

    private void assertUsage(String message, String... options) {
        CommandRun run = command(options);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("FT0002").contains(message);
    }

    private CommandRun command(String... options) {
        List<String> all = new ArrayList<>(List.of("sweep", job.toString()));
        all.addAll(List.of(options));
        return CommandRun.below(folder, all.toArray(String[]::new));
    }
}
