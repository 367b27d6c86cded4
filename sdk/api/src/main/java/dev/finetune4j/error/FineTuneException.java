package dev.finetune4j.error;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one exception of finetune4j for what a user can mend. Carries every problem found, not just the first. */
public final class FineTuneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final String advice;

    /**
     * Wraps problems.
     *
     * @param problems at least one; kept sorted in reading order
     * @param cause what a lower layer threw, for debugging only, or null
     */
    public FineTuneException(List<Problem> problems, @Nullable Throwable cause) {
        super(message(problems), cause);
        this.problems = problems.stream().sorted(Problem.IN_READING_ORDER).toList();
        advice = advice(problems);
    }

    /** Every problem, in reading order. */
    public List<Problem> problems() {
        return problems;
    }

    /** What the process ends with: the exit code of the first error, or of the first problem. */
    public ExitCode exitCode() {
        return problems.stream()
                .filter(Problem::isError)
                .findFirst()
                .orElse(problems.get(0))
                .kind()
                .exitCode();
    }

    /** As a stack trace begins where nobody catches it: the message, then for each problem why and what to do first, on lines of their own. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message stays one line, as logs and reports take it
    public String toString() {
        return super.toString() + advice;
    }

    private static String advice(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems) {
            String code = problems.size() == 1 ? "" : problem.code() + " ";
            problem.causes()
                    .forEach(cause ->
                            text.append("\n  ").append(code).append("why   ").append(cause));
            text.append("\n  ")
                    .append(code)
                    .append("try   ")
                    .append(problem.remedies().get(0));
        }
        return text.toString();
    }

    private static String message(List<Problem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must not be empty");
        }
        return problems.stream()
                .map(problem -> problem.code() + ": " + problem.summary()
                        + problem.place().map(place -> " at " + place).orElse(""))
                .collect(Collectors.joining("; "));
    }
}
