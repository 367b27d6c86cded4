package dev.finetune4j.junit;

import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Problems as the reader of a CI log needs them: code, place, why, and what can be pasted. */
final class ProblemText {
    private ProblemText() {}

    /** All of them, one after the other. */
    static String of(List<Problem> problems) {
        return problems.stream().map(ProblemText::of).collect(Collectors.joining("\n"));
    }

    /** One, several lines, the first without an indent. */
    static String of(Problem problem) {
        StringBuilder text = new StringBuilder(problem.severity().name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(problem.code())
                .append(": ")
                .append(problem.summary());
        problem.place().ifPresent(place -> line(text, "at", place.toString()));
        problem.causes().forEach(cause -> line(text, "why", cause));
        String label = "try";
        for (String remedy : problem.remedies()) {
            line(text, label, remedy);
            label = "or";
        }
        line(text, "more", "finetune explain " + problem.code());
        return text.toString();
    }

    private static void line(StringBuilder text, String label, String value) {
        text.append("\n  ")
                .append(label)
                .append(" ".repeat(6 - label.length()))
                .append(value.replace("\n", "\n        "));
    }
}
