package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** The start of an id that several runs have: what helps is the command that was typed, with the whole id of one. */
final class AmbiguousRun {
    /** Whoever looks a run up does not know which command does. */
    private static final String NAMED = "finetune show ";

    private AmbiguousRun() {}

    /** The problem with that command; any other problem as it is. */
    static Problem typedAnew(Problem problem, ParseResult parsed) {
        if (!problem.kind().equals(RunProblems.NO_SUCH_RUN)) {
            return problem;
        }
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        List<String> asked = command.matchedPositionals().stream()
                .flatMap(positional -> positional.originalStringValues().stream())
                .toList();
        return problem.withRemedies(problem.remedies().stream()
                .map(remedy -> remedy.startsWith(NAMED)
                        ? typed(parsed.originalArgs(), asked, remedy.substring(NAMED.length()))
                        : remedy)
                .toList());
    }

    private static String typed(List<String> words, List<String> asked, String run) {
        return words.stream()
                .map(word -> asked.contains(word) && run.startsWith(word) ? run : word)
                .map(Remedies::quoted)
                .collect(Collectors.joining(" ", "finetune ", ""));
    }
}
