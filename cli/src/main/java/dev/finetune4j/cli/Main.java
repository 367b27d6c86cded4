package dev.finetune4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finetune4j.cli.view.Screen;
import java.io.PrintWriter;
import picocli.CommandLine;

/** The {@code finetune} command. */
public final class Main {
    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Surroundings surroundings = Surroundings.system();
        OutputFormat format = OutputFormat.askedIn(arguments);
        Screen screen = FirstSign.of(format, surroundings.clock().instant(), arguments)
                .map(sign -> greeted(surroundings.screen(), format, sign))
                .orElse(surroundings.screen());
        System.exit(run(surroundings.on(screen), arguments));
    }

    private static Screen greeted(Screen screen, OutputFormat format, String sign) {
        if (format == OutputFormat.TABLE) {
            return screen.showUntilMore(sign);
        }
        screen.say(sign);
        return screen;
    }

    /** Runs the command line in given surroundings and returns the exit code. */
    static int run(Surroundings surroundings, String... arguments) {
        return commandLine(surroundings).execute(arguments);
    }

    /** The whole command line, for running and for generating completion scripts. */
    static CommandLine commandLine(Surroundings surroundings) {
        Screen screen = surroundings.screen();
        CommandLine line = new CommandLine(FinetuneCommand.class, new CommandFactory(surroundings));
        line.setOut(new PrintWriter(screen.out(), true, UTF_8));
        line.setErr(new PrintWriter(screen.err(), true, UTF_8));
        line.setUsageHelpWidth(screen.columns());
        line.setUsageHelpLongOptionsMaxWidth(24);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                screen.hasColor() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Failures failures = new Failures(surroundings);
        line.setParameterExceptionHandler(failures::onUsage);
        line.setExecutionExceptionHandler(failures::onExecution);
        return line;
    }
}
