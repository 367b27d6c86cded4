package dev.finetune4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finetune4j.cli.view.LastWords;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.error.FineTuneException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** The {@code finetune} command. */
public final class Main {
    /** The least that picocli takes. */
    private static final int NARROWEST_HELP = 55;

    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(startAtHome(arguments));
    }

    @SuppressWarnings("try") // the turn is held, not used
    private static int startAtHome(String... arguments) {
        Path home;
        try {
            home = Surroundings.home(System.getenv());
        } catch (FineTuneException e) {
            return new Failures(Surroundings.system(Path.of(""))).onHome(e, arguments);
        }
        Surroundings surroundings = Surroundings.system(home);
        Failures failures = new Failures(surroundings);
        try (LastWords.Turn turn = surroundings.screen().lastWords().give(() -> failures.onInterruption(arguments))) {
            return start(surroundings, arguments);
        }
    }

    /** Gives a first sign, then runs the command line and returns the exit code, which is not 0 where its result is lost. */
    static int start(Surroundings surroundings, String... arguments) {
        return new Failures(surroundings).onEnd(runSigned(surroundings, arguments), arguments);
    }

    private static int runSigned(Surroundings surroundings, String... arguments) {
        OutputFormat format = OutputFormat.askedIn(arguments);
        Optional<String> sign = FirstSign.of(format, surroundings.clock().instant(), arguments);
        if (sign.isEmpty()) {
            return run(surroundings, arguments);
        }
        if (format == OutputFormat.TABLE) {
            return run(surroundings.on(surroundings.screen().showUntilMore(sign.get())), arguments);
        }
        surroundings.screen().say(sign.get());
        return run(surroundings, arguments);
    }

    /** Runs the command line in given surroundings and returns the exit code. */
    static int run(Surroundings surroundings, String... arguments) {
        try {
            return commandLine(surroundings, CommandList.of(arguments)).execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            return new Failures(surroundings).onError(e, arguments);
        }
    }

    /** The whole command line, for running and for generating completion scripts. */
    static CommandLine commandLine(Surroundings surroundings) {
        return commandLine(surroundings, CommandList.ALL);
    }

    private static CommandLine commandLine(Surroundings surroundings, Map<String, Class<?>> commands) {
        Screen screen = surroundings.screen();
        CommandLine line = new CommandLine(FinetuneCommand.class, new CommandFactory(surroundings));
        commands.forEach(line::addSubcommand);
        if (commands.equals(CommandList.ALL)) {
            line.addSubcommand(CommandLine.HelpCommand.class); // it tells of its neighbours
        }
        line.setOut(new PrintWriter(screen.out(), true, UTF_8));
        line.setErr(new PrintWriter(screen.err(), true, UTF_8));
        line.setUsageHelpWidth(Math.max(NARROWEST_HELP, screen.columns()));
        line.setUsageHelpLongOptionsMaxWidth(24);
        line.setHelpFactory(VendorHelp::new);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                screen.hasColor() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Failures failures = new Failures(surroundings);
        line.setParameterExceptionHandler(failures::onUsage);
        line.setExecutionExceptionHandler(failures::onExecution);
        return line;
    }
}
