package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.WrittenAnswers;
import dev.finetune4j.job.EvaluationSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Labels that a tuned model does not use, and texts that say nothing, which its scores alone hardly tell. */
public final class AnswerFindings {
    private static final int NAMED = 5;
    /** Of a label with fewer held-out rows it may be chance, or for few rows, that none is answered, however few the others have. */
    private static final int LEAST_ROWS = 4;

    private AnswerFindings() {}

    /**
     * A warning where every row is answered alike, else one where labels of the rows are never answered, the most
     * frequent named with their rows. Empty where rows have all the same label. Where models write texts, a warning
     * where most are empty or alike, else one where most are cut.
     *
     * @param maxNewTokens {@code evaluation.max-new-tokens} of the job whose models answered
     */
    public static Optional<Problem> of(EvaluationReport evaluation, int maxNewTokens) {
        return evaluation
                .variant(Variant.TUNED)
                .flatMap(tuned -> Optional.ofNullable(tuned.confusion()))
                .flatMap(AnswerFindings::in)
                .or(() -> evaluation
                        .variant(Variant.TUNED)
                        .flatMap(tuned -> Optional.ofNullable(tuned.written()))
                        .flatMap(written -> inTexts(written, evaluation.rows(), maxNewTokens)));
    }

    private static Optional<Problem> inTexts(WrittenAnswers written, long rows, int maxNewTokens) {
        if (isMost(written.empty(), rows)) {
            return Optional.of(EvaluationProblems.EMPTY_ANSWERS
                    .warning(written.empty() + " of " + Figures.rows(rows) + " are answered with nothing")
                    .build());
        }
        if (rows > 1 && isMost(written.alike(), rows) && !isMost(written.alikeReferences(), rows)) {
            return Optional.of(EvaluationProblems.EMPTY_ANSWERS
                    .warning(written.alike() + " of " + Figures.rows(rows) + " are answered with the same text")
                    .because("of their right answers at most " + written.alikeReferences() + " are the same")
                    .build());
        }
        return isMost(written.cut(), rows)
                ? Optional.of(EvaluationProblems.CUT_ANSWERS
                        .warning(written.cut() + " of " + Figures.rows(rows)
                                + " have an answer that evaluation.max-new-tokens ended")
                        .because("evaluation.max-new-tokens is " + maxNewTokens)
                        .remedy(longer(maxNewTokens))
                        .build())
                : Optional.empty();
    }

    private static String longer(int maxNewTokens) {
        return maxNewTokens < EvaluationSpec.MOST_NEW_TOKENS
                ? "evaluation.max-new-tokens: " + Math.min(2 * maxNewTokens, EvaluationSpec.MOST_NEW_TOKENS)
                : "finetune check JOB    # tells whether training rows are cut before they end";
    }

    private static boolean isMost(long some, long rows) {
        return 2 * some > rows;
    }

    private static Optional<Problem> in(ConfusionMatrix confusion) {
        int size = confusion.labels().size();
        List<Integer> asked = IntStream.range(0, size)
                .filter(label -> confusion.support(label) > 0)
                .boxed()
                .toList();
        List<Integer> given = IntStream.range(0, size)
                .filter(label -> confusion.given(label) > 0)
                .boxed()
                .toList();
        List<Integer> never = asked.stream()
                .filter(label -> !given.contains(label))
                .sorted(Comparator.comparing((Integer label) -> -confusion.support(label)))
                .toList();
        if (asked.size() < 2 || never.isEmpty()) {
            return Optional.empty();
        }
        String unanswered = named(never.stream()
                .map(label -> quoted(confusion, label) + " (" + Figures.rows(confusion.support(label)) + ")")
                .toList());
        return Optional.of(
                given.size() == 1
                        ? EvaluationProblems.ONE_ANSWER
                                .warning("all " + Figures.rows(confusion.given(given.get(0))) + " are answered "
                                        + quoted(confusion, given.get(0)) + ", none " + unanswered)
                                .build()
                        : neverAnswered(confusion, asked, never, unanswered));
    }

    /** Rows are asked for where a label has few, by the held-out rows, which are a share of all. */
    private static Problem neverAnswered(
            ConfusionMatrix confusion, List<Integer> asked, List<Integer> never, String unanswered) {
        long rows = asked.stream().mapToLong(confusion::support).sum();
        List<Integer> frequent = never.stream()
                .filter(label ->
                        confusion.support(label) >= LEAST_ROWS && confusion.support(label) * asked.size() >= rows)
                .toList();
        Problem.Builder problem = EvaluationProblems.UNANSWERED_LABELS.warning("never answered: " + unanswered);
        if (frequent.size() < never.size()) {
            problem.remedy(EvaluationProblems.UNANSWERED_LABELS.remedy());
        }
        if (!frequent.isEmpty()) {
            String names = named(
                    frequent.stream().map(label -> quoted(confusion, label)).toList());
            problem.because("a label has " + Figures.count(Math.round((double) rows / asked.size())) + " of "
                            + Figures.rows(rows) + " on average: it is not for few rows that " + names
                            + (frequent.size() == 1 ? " is" : " are") + " left out")
                    .remedy(EvaluationProblems.ONE_ANSWER.remedy());
        }
        return problem.build();
    }

    private static String named(List<String> labels) {
        int more = labels.size() - NAMED;
        return more <= 1
                ? String.join(", ", labels)
                : String.join(", ", labels.subList(0, NAMED)) + " and " + more + " more";
    }

    private static String quoted(ConfusionMatrix confusion, int label) {
        return "\"" + confusion.labels().get(label) + "\"";
    }
}
