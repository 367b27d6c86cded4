package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.cli.ChildProcess.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and {@code --detach} let go of a run and never stop it. */
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
        List<String> command =
                new ArrayList<>(List.of("python3", "src/test/resources/terminal/interrupt.py", way, "training "));
        String terminals = way.equals("terminal") ? "out,err" : "none";
        command.addAll(
                JavaProcess.command(List.of("-Dfinetune.terminals=" + terminals), Main.class, List.of(arguments)));
        Map<String, String> environment = Map.of("FINETUNE_HOME", home().toString(), "TERM", "xterm", "COLUMNS", "80");
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
