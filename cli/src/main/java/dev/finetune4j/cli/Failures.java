package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Tells what went wrong, in text or JSON, and picks the exit code. */
final class Failures {
    private static final Pattern OF_ROOM = Pattern.compile("no space is left", Pattern.CASE_INSENSITIVE);
    private static final Pattern OF_A_LIMIT = Pattern.compile("file too large", Pattern.CASE_INSENSITIVE);

    private final Surroundings surroundings;

    Failures(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** A wrong command line: message, did-you-mean, how to get help. */
    int onUsage(ParameterException failure, String[] arguments) {
        return tell(List.of(UsageProblem.of(failure)), ExitCode.USAGE, OutputFormat.askedIn(arguments));
    }

    /** A failed command: problems, or a defect of finetune4j itself. */
    int onExecution(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        OutputFormat format = OutputFormat.askedIn(parsed.originalArgs().toArray(String[]::new));
        if (failure instanceof FineTuneException known) {
            CommandSubject subject = CommandSubject.of(parsed, surroundings.home());
            List<Problem> problems = known.problems().stream()
                    .map(subject::named)
                    .map(problem -> AmbiguousRun.typedAnew(problem, parsed))
                    .toList();
            Object failed = command.getCommand();
            @Nullable
            Plan plan =
                    failed instanceof PlanCommand planned ? planned.unchosen().orElse(null) : null;
            return tell(problems, known.exitCode(), format, plan);
        }
        return tell(List.of(defect(failure)), ExitCode.INTERNAL, format);
    }

    /** No home, without which there is no command. */
    int onHome(FineTuneException failure, String... arguments) {
        return tell(failure.problems(), failure.exitCode(), OutputFormat.askedIn(arguments));
    }

    /** What picocli lets through: this process' memory is used up, or its classes are not what it was built with. */
    int onError(Error failure, String... arguments) {
        OutputFormat format = OutputFormat.askedIn(arguments);
        if (failure instanceof OutOfMemoryError) {
            long most = Runtime.getRuntime().maxMemory();
            Problem problem = CliProblems.OUT_OF_MEMORY
                    .error("finetune's own memory of " + Figures.bytes(most) + " is used up")
                    .remedy("FINETUNE_HEAP=" + 2 * (most >> 20) + "m finetune ...")
                    .build();
            return tell(List.of(problem), ExitCode.CAPACITY, format);
        }
        return tell(List.of(defect(failure)), ExitCode.INTERNAL, format);
    }

    /** The process is ended before the command has. A person knows who did it; a program reads a result, unless there is one already. */
    void onInterruption(String... arguments) {
        if (OutputFormat.askedIn(arguments) == OutputFormat.TABLE
                || surroundings.screen().lastWords().hasResult()) {
            return;
        }
        Problem problem = CliProblems.INTERRUPTED
                .error("the command was interrupted before it had a result")
                .remedy(typedAnew(arguments))
                .remedy(CliProblems.INTERRUPTED.remedy())
                .build();
        tell(List.of(problem), ExitCode.INTERRUPTED, OutputFormat.JSON);
    }

    /** The exit code of a command that has ended; another where what it has printed did not come to whoever asked for it. */
    int onEnd(int exitCode, String... arguments) {
        Optional<IOException> lost = surroundings.screen().lostResult();
        if (lost.isEmpty()) {
            return exitCode;
        }
        String reason = FileReason.of(lost.get());
        Problem.Builder problem = CliProblems.NOT_WRITABLE
                .error("the result could not be written to stdout")
                .because(reason)
                .remedy(typedAnew(arguments) + " > /path/with/space/FILE");
        if (OF_ROOM.matcher(reason).find()) {
            problem.remedy("df -h    # make room on the disk that stdout leads to, then the command above");
        }
        if (OF_A_LIMIT.matcher(reason).find()) {
            problem.remedy("ulimit -f unlimited    # this shell writes no larger files, then the command above");
        }
        try (MessageView messages = surroundings.messages(OutputFormat.askedIn(arguments))) {
            messages.problems(List.of(problem.build()));
        }
        return exitCode == ExitCode.OK.number() ? ExitCode.USAGE.number() : exitCode;
    }

    /** Whoever asks once more for a result that was lost is not to pay for a second run. */
    private String typedAnew(String... arguments) {
        Redaction redaction = Redaction.of(surroundings.environment(), Set.of());
        return Stream.of(arguments)
                .filter(word -> !word.equals(LaunchCommand.AGAIN))
                .map(word -> " " + ShellWord.of(redaction.apply(word)))
                .collect(Collectors.joining("", "finetune", ""));
    }

    private Problem defect(Throwable failure) {
        Problem.Builder problem = CliProblems.INTERNAL.error(
                "finetune has a defect: " + failure.getClass().getSimpleName() + " in " + place(failure));
        if (surroundings.environment().containsKey("FINETUNE_DEBUG")) {
            stackOf(failure).lines().forEach(problem::because);
        }
        return problem.build();
    }

    private int tell(List<Problem> problems, ExitCode exitCode, OutputFormat format) {
        return tell(problems, exitCode, format, null);
    }

    private int tell(List<Problem> problems, ExitCode exitCode, OutputFormat format, @Nullable Plan plan) {
        try (MessageView messages = surroundings.messages(format)) {
            messages.problems(problems);
        }
        if (format == OutputFormat.JSON) {
            surroundings.screen().line(Json.pretty(new Failure(exitCode.number(), problems, plan)));
        }
        return exitCode.number();
    }

    private static String stackOf(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString().replace("\t", "  ");
    }

    /** The message may hold anything, a secret too; the place in our own code says enough. */
    private static String place(Throwable failure) {
        for (StackTraceElement element : failure.getStackTrace()) {
            if (element.getClassName().startsWith("dev.finetune4j.")) {
                return element.getClassName().substring("dev.finetune4j.".length()) + ":" + element.getLineNumber();
            }
        }
        return "a library";
    }

    /**
     * The result of a command that failed.
     *
     * @param exitCode what the process ends with
     * @param problems all that is wrong
     * @param plan what was planned, where nothing of it can be chosen; else null
     */
    private record Failure(
            int exitCode, List<Problem> problems, @Nullable Plan plan) {}
}
