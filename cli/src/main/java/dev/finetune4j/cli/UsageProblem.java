package dev.finetune4j.cli;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, which word was meant, and where its command explains itself. */
final class UsageProblem {
    private static final Pattern TOO_FEW =
            Pattern.compile("requires at least (\\d+) values, but (?:only (\\d+)|none) were specified");

    private static final String WHOLE = "a whole number of at most ";
    private static final Map<Class<?>, String> NUMBERS = Map.of(
            int.class, WHOLE + Integer.MAX_VALUE,
            Integer.class, WHOLE + Integer.MAX_VALUE,
            long.class, WHOLE + Long.MAX_VALUE,
            Long.class, WHOLE + Long.MAX_VALUE,
            double.class, "a number",
            Double.class, "a number");

    private UsageProblem() {}

    /** The problem that picocli found. */
    static Problem of(ParameterException failure) {
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        String message = Objects.requireNonNullElse(failure.getMessage(), "the command line is wrong");
        if (failure instanceof UnagreedException unagreed) {
            return CliProblems.USAGE.error(message).remedy(unagreed.agreeing()).build();
        }
        Optional<Problem> misnamed = ofMisnamed(failure);
        if (misnamed.isPresent()) {
            return misnamed.get();
        }
        Problem.Builder problem = failure instanceof UnmatchedArgumentException unmatched
                ? ofUnknown(command, unmatched.getUnmatched())
                : CliProblems.USAGE.error(inOurWords(failure, command, message));
        return problem.remedy(command.qualifiedName() + " --help").build();
    }

    private static Optional<Problem> ofMisnamed(ParameterException failure) {
        @Nullable ArgSpec argument = failure.getArgSpec();
        @Nullable String value = failure.getValue();
        if (argument == null || value == null || type(argument) != Path.class) {
            return Optional.empty();
        }
        try {
            var unused = Path.of(value);
            return Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.of(CliProblems.misnamed(name(argument), e));
        }
    }

    /** What picocli says of a value names Java's types and exceptions. */
    private static String inOurWords(ParameterException failure, CommandSpec command, String message) {
        Matcher tooFew = TOO_FEW.matcher(message);
        if (tooFew.find() && failure instanceof MissingParameterException missing) {
            return command.qualifiedName() + " takes at least " + tooFew.group(1) + " of "
                    + missing.getMissing().get(0).paramLabel() + ", but got "
                    + (tooFew.group().contains(" none ") ? "none" : tooFew.group(2));
        }
        @Nullable ArgSpec argument = failure.getArgSpec();
        if (argument == null || !message.startsWith("Invalid value for ")) {
            return message;
        }
        @Nullable String wanted = wanted(type(argument));
        return wanted == null ? message : name(argument) + " must be " + wanted + ", was " + failure.getValue();
    }

    private static Class<?> type(ArgSpec argument) {
        return argument.auxiliaryTypes().length == 0 ? argument.type() : argument.auxiliaryTypes()[0];
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static @Nullable String wanted(Class<?> type) {
        if (type.isEnum()) {
            List<String> words = Stream.of(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .toList();
            return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
        }
        return NUMBERS.get(type);
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
