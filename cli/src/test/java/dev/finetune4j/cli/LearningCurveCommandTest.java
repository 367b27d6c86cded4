package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.cli.ChildProcess.Ended;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the tiny model of the JUnit extension's tests on four sizes, two seconds each. */
class LearningCurveCommandTest {
    /** Holds the home too, so that no earlier execution has trained any of the sizes. */
    @TempDir
    Path folder;

    private Path job;

    @BeforeEach
    void writesAJob() throws IOException {
        job = TicketsJob.write(folder, 17);
    }

    @Test
    void goesOnAfterCtrlCAndTrainsEachSizeOnce() throws Exception {
        Ended interrupted = interrupted();

        assertThat(interrupted.exitCode()).as(interrupted.out()).isEqualTo(130);
        assertThat(interrupted.out())
                .contains("detached; this run goes on, the next are not begun")
                .contains("finetune learning-curve " + job);

        CommandRun rest = command(job.toString());

        assertThat(rest.exitCode()).as(rest.err()).isZero();
        assertThat(CommandRun.oneLine(rest.err()))
                .contains(
                        "4 runs, on 13, 26, 52, 104 rows: 1.9 times the training of the job alone, and 4 times 40 rows to answer;"
                                + " the job's budget sets no time; ")
                .containsSubsequence("training on 13 rows", "training on 26 rows", "training on 104 rows")
                .contains("; no money")
                .containsPattern("training on 104 rows, .* to .* by the speed of the last \\d runs of this model here");
        assertThat(rest.out())
                .containsPattern("(?m)^ +104  [01]\\.\\d\\d \\[.*]  tickets-")
                .containsPattern("Twice the rows |The sizes follow no law");
        Path page = Path.of(
                rest.out().lines().reduce((one, other) -> other).orElseThrow().replace("page  ", ""));
        assertThat(page).content().contains("learning curve");
        assertThat(rest.out()).containsPattern("(?m)^ +0  [01]\\.\\d\\d \\[.*]  base model$");

        CommandRun again = command(job.toString(), "-o", "json");

        assertThat(again.err().lines().filter(line -> line.contains("\"begin\":\"ended\"")))
                .hasSize(4);
        JsonNode curve = Json.records().readTree(again.out());
        assertThat(curve.at("/points")).hasSize(4);
        assertThat(curve.at("/followsLaw").isBoolean()).isTrue();
        assertThat(curve.at("/fitted/32/rows").asDouble())
                .isEqualTo(curve.at("/followsLaw").asBoolean() ? 208 : 0);
        assertThat(Json.records()
                        .readTree(page.resolveSibling("learning-curve.json").toFile()))
                .isEqualTo(curve);
    }

    /** While the first size trains. */
    private Ended interrupted() throws Exception {
        List<String> words = new ArrayList<>(
                List.of("python3", "src/test/resources/terminal/interrupt.py", "terminal", "reading rows"));
        words.addAll(JavaProcess.command(
                List.of("-Dfinetune.terminals=out,err"), Main.class, List.of("learning-curve", job.toString())));
        Map<String, String> environment = Map.of("FINETUNE_HOME", home().toString(), "TERM", "xterm", "COLUMNS", "80");
        return ChildProcess.start(folder, environment, words.toArray(String[]::new))
                .await();
    }

    private CommandRun command(String... words) {
        List<String> all = new ArrayList<>(List.of("learning-curve"));
        all.addAll(List.of(words));
        return CommandRun.in(home(), Map.of("PATH", System.getenv("PATH")), all.toArray(String[]::new));
    }

    private Path home() {
        return folder.resolve("home");
    }
}
