package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** The start of an id that several runs have: what helps is the command that was typed, with the whole id of one. */
final class AmbiguousRun {
    /** Whoever looks a run up does not know which command does. */
    private static final String LOOKED_UP = "finetune show ";

    private static final String RUN = "RUN";

    /** What these do to a run is not done to one that was guessed. */
    private static final Set<String> NEVER_GUESSED = Set.of("clean", "stop", "host");

    private AmbiguousRun() {}

    /** The problem with that command; any other problem as it is. */
    static Problem typedAnew(Problem problem, ParseResult parsed) {
        Optional<String> typed = typed(problem, parsed);
        if (typed.isEmpty()) {
            return problem;
        }
        return problem.withRemedies(problem.remedies().stream()
                .map(remedy -> remedy.startsWith(LOOKED_UP) ? typed.get() : remedy)
                .toList());
    }

    private static Optional<String> typed(Problem problem, ParseResult parsed) {
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        if (NEVER_GUESSED.contains(command.commandSpec().name())) {
            return Optional.empty();
        }
        List<String> named = command.matchedPositionals().stream()
                .filter(positional -> positional.paramLabel().equals(RUN))
                .flatMap(positional -> positional.originalStringValues().stream())
                .toList();
        for (String start : named) {
            Optional<String> run = RunProblems.beginningWith(start, problem).stream()
                    .filter(id -> !named.contains(id))
                    .findFirst();
            int place = place(start, parsed.originalArgs(), command);
            if (run.isPresent() && place >= 0) {
                List<String> words = new ArrayList<>(parsed.originalArgs());
                words.set(place, run.get());
                return Optional.of(words.stream()
                        .map(word -> ShellWord.of(word))
                        .collect(Collectors.joining(" ", "finetune ", "")));
            }
        }
        return Optional.empty();
    }

    /** Where a run was named: behind the command's own name, and not as the value of an option; -1 if nowhere. */
    private static int place(String start, List<String> words, ParseResult command) {
        int name = words.indexOf(command.commandSpec().name());
        for (int i = Math.max(name, 0) + 1; i < words.size(); i++) {
            if (words.get(i).equals(start) && !takesValue(words.get(i - 1), command)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean takesValue(String word, ParseResult command) {
        return word.startsWith("-")
                && command.hasMatchedOption(word)
                && command.matchedOption(word).arity().max() > 0;
    }
}
