package dev.finetune4j.cli;

import dev.finetune4j.cli.view.ProblemView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells what went wrong, in text or JSON, and picks the exit code. */
final class Failures {
    private final Surroundings surroundings;

    Failures(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** A wrong command line: message, did-you-mean, how to get help. */
    int onUsage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        Problem.Builder problem =
                CliProblems.USAGE.error(Objects.requireNonNullElse(failure.getMessage(), "the command line is wrong"));
        List<String> guesses =
                failure instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String name = command.getCommandSpec().qualifiedName();
        if (!guesses.isEmpty()) {
            problem.because("did you mean " + guesses.stream().limit(3).collect(Collectors.joining(" or ")) + "?");
        }
        print(List.of(problem.remedy(name + " --help").build()), asksForJson(arguments));
        return ExitCode.USAGE.number();
    }

    /** A failed command: problems, or a defect of finetune4j itself. */
    int onExecution(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        boolean json = asksForJson(parsed.originalArgs().toArray(String[]::new));
        if (failure instanceof FineTuneException known) {
            print(known.problems(), json);
            return known.exitCode().number();
        }
        Problem.Builder problem = CliProblems.INTERNAL.error(
                "finetune has a defect: " + failure.getClass().getSimpleName() + " in " + place(failure));
        print(List.of(problem.build()), json);
        if (surroundings.environment().containsKey("FINETUNE_DEBUG")) {
            failure.printStackTrace(surroundings.screen().err());
        }
        return ExitCode.INTERNAL.number();
    }

    private void print(List<Problem> problems, boolean json) {
        Screen screen = surroundings.screen();
        if (json) {
            screen.say(Json.pretty(Map.of("problems", problems)));
        } else {
            new ProblemView(screen).print(problems);
        }
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

    private static boolean asksForJson(String... arguments) {
        String all = String.join(" ", arguments);
        return all.matches("(?s).*(-o[ =]?json|--output[ =]json).*");
    }
}
