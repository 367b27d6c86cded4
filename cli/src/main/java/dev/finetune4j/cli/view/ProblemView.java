package dev.finetune4j.cli.view;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import java.util.List;
import java.util.Locale;

/** Prints problems for the person who can mend them: code, place, why, and what can be pasted. */
public final class ProblemView {
    private static final int LABEL_WIDTH = 8;

    private final Screen screen;

    /** Prints to the error side of {@code screen}. */
    public ProblemView(Screen screen) {
        this.screen = screen;
    }

    /** Prints each problem, then how many there are. */
    public void print(List<Problem> problems) {
        printUncounted(problems);
        if (problems.size() > 1) {
            screen.say(count(problems));
        }
    }

    /** The same for whoever tells how many there are. */
    public void printUncounted(List<Problem> problems) {
        problems.forEach(problem -> screen.say(text(problem)));
    }

    /** One problem, several lines. */
    public String text(Problem problem) {
        StringBuilder text = new StringBuilder();
        String head = problem.severity().name().toLowerCase(Locale.ROOT) + " " + problem.code();
        text.append(screen.paint(tone(problem.severity()), head))
                .append(": ")
                .append(Wrap.hanging(problem.summary(), screen.columns() - head.length() - 2, 0)
                        .replace("\n", "\n" + " ".repeat(LABEL_WIDTH)));
        problem.place().ifPresent(place -> line(text, "at", place.toString()));
        problem.causes().forEach(cause -> line(text, "why", cause));
        String label = "try";
        for (String remedy : problem.remedies()) {
            whole(text, label, remedy);
            label = "or";
        }
        whole(text, "more", "finetune explain " + problem.code());
        return text.toString();
    }

    /** {@code 3 errors, 1 warning}. */
    public static String count(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (Severity severity : Severity.values()) {
            long many = problems.stream()
                    .filter(problem -> problem.severity() == severity)
                    .count();
            if (many > 0) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(many)
                        .append(' ')
                        .append(severity.name().toLowerCase(Locale.ROOT))
                        .append(many == 1 ? "" : "s");
            }
        }
        return text.toString();
    }

    private void line(StringBuilder text, String label, String value) {
        whole(text, label, Wrap.hanging(value, screen.columns(), LABEL_WIDTH));
    }

    /** What is pasted has no line breaks of ours: within quotes they would change what it says. */
    private void whole(StringBuilder text, String label, String value) {
        text.append("\n  ")
                .append(screen.paint(Tone.FAINT, label))
                .append(" ".repeat(LABEL_WIDTH - 2 - label.length()))
                .append(value);
    }

    private static Tone tone(Severity severity) {
        return switch (severity) {
            case ERROR -> Tone.BAD;
            case WARNING -> Tone.WARN;
            case NOTE -> Tone.FAINT;
        };
    }
}
