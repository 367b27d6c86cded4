package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.cli.ChildProcess.Ended;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and {@code --detach} let go of a run and never stop it; before there is a run, Ctrl-C ends the command. */
@Tag("long")
class CtrlCTest {
    private static final Pattern RUN = Pattern.compile("run (sentiment-[0-9a-f]{8}-\\d+)");

    @TempDir
    Path folder;

    @Test
    void inATerminalTheRunGoesOnAndTheFarewellSaysHowToComeBack() throws Exception {
        String job = longJob().toString();
        Ended detached = interrupt("terminal", "run", job);
        String id = runIn(detached);
        try {
            assertThat(detached.exitCode()).as(detached.out()).isEqualTo(130);
            assertThat(detached.out().replace("\r", ""))
                    .contains("detached; the run goes on")
                    .contains("finetune watch " + id)
                    .contains("finetune stop " + id);
            assertThat(onHome("show", id).out()).contains("(goes on)");
        } finally {
            stopAndClean(id);
        }
    }

    @Test
    void aProgramReadsTheFarewellAlone() throws Exception {
        Ended detached = interrupt(
                "apart", "\"kind\":\"step\"", home(), Map.of(), "run", longJob().toString(), "-o", "json");
        JsonNode farewell = Json.read(detached.out(), JsonNode.class);
        String id = farewell.at("/run").asText();
        try {
            assertThat(detached.exitCode()).as(detached.err()).isEqualTo(130);
            assertThat(farewell.at("/message").asText()).isEqualTo("the run goes on");
            assertThat(detached.err()).contains("\"kind\":\"detached\"").doesNotContain("FT0013");
        } finally {
            stopAndClean(id);
        }
    }

    /** The hub never answers, so that the command has come to nothing. */
    @Test
    void aProgramReadsThatTheCommandHadNoResultYet() throws Exception {
        Path job = folder.resolve("job.yaml");
        Files.writeString(job, """
                name: tickets
                model: hf:org/silent
                task: {kind: classification, prompt: "{{text}}", answer: "{{team}}"}
                data: {file: tickets.jsonl}
                """);
        Files.writeString(
                folder.resolve("tickets.jsonl"), "{\"text\": \"refund\", \"team\": \"billing\"}\n".repeat(20));
        try (ServerSocket hub = new ServerSocket(0)) {
            Map<String, String> silent = Map.of("HF_ENDPOINT", "http://localhost:" + hub.getLocalPort());

            Ended ended = interrupt(
                    "apart", "\"kind\":\"phase\"", folder.resolve("home"), silent, "run", job.toString(), "-o", "json");

            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(130);
            JsonNode result = Json.read(ended.out(), JsonNode.class);
            assertThat(result.at("/exitCode").asInt()).isEqualTo(130);
            assertThat(result.at("/problems")).hasSize(1);
            assertThat(result.at("/problems/0/kind/code").asText()).isEqualTo("FT0013");
            assertThat(result.at("/problems/0/remedies/0").asText()).isEqualTo("finetune run " + job + " -o json");
            assertThat(ended.err().lines())
                    .allSatisfy(
                            line -> assertThat(Json.read(line, JsonNode.class).has("kind"))
                                    .isTrue())
                    .anyMatch(line -> line.contains("FT0013"));
        }
    }

    @Test
    void aFarewellThatNobodyReadsKeepsNobody() throws Exception {
        String job = longJob().toString();
        Ended detached = interrupt("full-pipe", "run", job);
        String id = runIn(detached);
        try {
            assertThat(detached.exitCode()).as(detached.out()).isEqualTo(130);
            assertThat(onHome("show", id).out()).contains("(goes on)");
        } finally {
            stopAndClean(id);
        }
    }

    /** Until a run is at its place, nobody but the command brings it there. */
    @Test
    void detachLetsGoOfARunThatItsPlaceHas() throws IOException {
        CommandRun detached = onHome("run", longJob().toString(), "--detach");
        String id = detached.out().strip();
        try {
            assertThat(detached.exitCode()).as(detached.err()).isZero();
            assertThat(onHome("show", id).out()).contains("(goes on)").doesNotContain("not launched");
        } finally {
            stopAndClean(id);
        }
    }

    private void stopAndClean(String id) {
        CommandRun stop = onHome("stop", id);
        CommandRun show = onHome("show", id);
        CommandRun clean = onHome("clean", id);

        assertThat(stop.err()).contains("was stopped");
        assertThat(show.out()).contains("stopped");
        assertThat(clean.exitCode()).as(clean.err()).isZero();
    }

    /** Interrupts the command once it trains. */
    private Ended interrupt(String way, String... arguments) throws Exception {
        return interrupt(way, "training ", home(), Map.of(), arguments);
    }

    private Ended interrupt(String way, String text, Path home, Map<String, String> more, String... arguments)
            throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", "src/test/resources/terminal/interrupt.py", way, text));
        String terminals = way.equals("terminal") ? "out,err" : "none";
        command.addAll(
                JavaProcess.command(List.of("-Dfinetune.terminals=" + terminals), Main.class, List.of(arguments)));
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(Map.of("FINETUNE_HOME", home.toString(), "TERM", "xterm", "COLUMNS", "80"));
        return ChildProcess.start(folder, environment, command.toArray(String[]::new))
                .await();
    }

    private static String runIn(Ended ended) {
        Matcher run = RUN.matcher(ended.out());
        assertThat(run.find()).as(ended.out() + ended.err()).isTrue();
        return run.group(1);
    }

    /** One that does not end by itself while the test looks at it. */
    private Path longJob() throws IOException {
        Path job = SmallExample.write("sentiment", folder);
        return Files.writeString(job, Files.readString(job).replaceAll("(?m)^  epochs: .*$", "  epochs: 500"));
    }

    private static CommandRun onHome(String... words) {
        return CommandRun.in(home(), Map.of("PATH", System.getenv("PATH")), words);
    }

    private static Path home() {
        return SmallExample.HOME.toAbsolutePath();
    }
}
