package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.watch.Sleeper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** One call of the command line within the test's own process, with what it printed. */
record CommandRun(int exitCode, String out, String err) {
    /** A job of an offline cloud lasts seconds, not hours, and so do the pauses between two looks at it. */
    private static final int FASTER = 20;
    /** Memory enough for whatever this machine is named for, wherever tests run. */
    static final long MEMORY = 256L << 30;

    /** Runs with a home that nothing is expected of. */
    static CommandRun of(String... arguments) {
        return in(Path.of("target/cli-home"), Map.of("PATH", System.getenv("PATH")), arguments);
    }

    /** Runs with a home in a folder and no more of an environment than a shell needs. */
    static CommandRun below(Path folder, String... arguments) {
        return in(folder.resolve("home"), Map.of("PATH", System.getenv("PATH")), arguments);
    }

    /** Runs with a home and an environment, in a pipe of 80 columns without colour. */
    static CommandRun in(Path home, Map<String, String> environment, String... arguments) {
        return at(Clock.systemUTC(), home, environment, arguments);
    }

    /** Runs at a time that is given, for what depends on it. */
    static CommandRun at(Clock clock, Path home, Map<String, String> environment, String... arguments) {
        return run("", false, clock, home, environment, arguments);
    }

    /** Runs with text on its standard input. */
    static CommandRun saying(String said, Path home, Map<String, String> environment, String... arguments) {
        return run(said, false, Clock.systemUTC(), home, environment, arguments);
    }

    /** Runs with text that a person types. */
    static CommandRun typing(String typed, Path home, Map<String, String> environment, String... arguments) {
        return run(typed, true, Clock.systemUTC(), home, environment, arguments);
    }

    /** What was printed, without the ends of lines of 80 columns. */
    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static CommandRun run(
            String said,
            boolean isTyped,
            Clock clock,
            Path home,
            Map<String, String> environment,
            String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Screen screen = new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                Screen.DEFAULT_COLUMNS);
        int exitCode = Main.run(
                new Surroundings(
                        screen,
                        environment,
                        home.toAbsolutePath(),
                        clock,
                        pause -> Sleeper.REAL.sleep(pause.dividedBy(FASTER)),
                        new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)),
                        isTyped,
                        () -> MEMORY),
                arguments);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
