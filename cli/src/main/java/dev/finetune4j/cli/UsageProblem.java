package dev.finetune4j.cli;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, which word was meant, and where its command explains itself. */
final class UsageProblem {
    private UsageProblem() {}

    /** The problem that picocli found. */
    static Problem of(ParameterException failure) {
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        String message = Objects.requireNonNullElse(failure.getMessage(), "the command line is wrong");
        if (failure instanceof UnagreedException unagreed) {
            return CliProblems.USAGE.error(message).remedy(unagreed.agreeing()).build();
        }
        Problem.Builder problem = failure instanceof UnmatchedArgumentException unmatched
                ? ofUnknown(command, unmatched.getUnmatched())
                : CliProblems.USAGE.error(message);
        return problem.remedy(command.qualifiedName() + " --help").build();
    }

    private static Problem.Builder ofUnknown(CommandSpec command, List<String> unknown) {
        String first = unknown.get(0);
        if (first.startsWith("-")) {
            String name = first.replaceFirst("=.*", "");
            return guess(
                    CliProblems.USAGE.error(command.qualifiedName() + " has no option " + name),
                    name,
                    command.optionsMap().keySet());
        }
        Collection<String> commands = command.subcommands().keySet();
        return commands.isEmpty()
                ? CliProblems.USAGE.error(
                        command.qualifiedName() + " takes no further argument, but got " + String.join(" ", unknown))
                : guess(CliProblems.USAGE.error("there is no command " + first), first, commands);
    }

    private static Problem.Builder guess(Problem.Builder problem, String word, Collection<String> known) {
        Spelling.nearest(word, known).ifPresent(near -> problem.because("did you mean " + near + "?"));
        return problem;
    }
}
