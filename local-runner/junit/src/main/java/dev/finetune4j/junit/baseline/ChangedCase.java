package dev.finetune4j.junit.baseline;

import dev.finetune4j.data.Example;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.MaskedText;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * A held-out row that is not answered as well, or better, than when the baseline was recorded.
 *
 * @param example the row
 * @param then the answer of the baseline
 * @param now the answer of today
 * @param metric by which the two are compared
 * @param scoreThen the row's score in the baseline
 * @param scoreNow the row's score today
 */
public record ChangedCase(
        Example example, Prediction then, Prediction now, MetricName metric, double scoreThen, double scoreNow) {
    private static final int LONGEST = 60;
    private static final MaskedText MASK = new MaskedText();

    /**
     * The row on one line: where it stands, what was asked, what is right, what was and is answered; of a passage, which no continuation is
     * right for, how well it was and is foreseen. Secrets are masked.
     */
    public String text() {
        StringBuilder text = new StringBuilder(now.row().toString());
        if (example instanceof Example.Conversation conversation) {
            text.append(": ")
                    .append(end(conversation
                            .prompt()
                            .get(conversation.prompt().size() - 1)
                            .content()));
        }
        if (now.answer() == null || example instanceof Example.Passage) {
            return text + ", " + metric + " " + MetricFigures.value(metric, scoreThen) + " then, "
                    + MetricFigures.value(metric, scoreNow) + " now";
        }
        return text + " should be " + shown(now.reference()) + ", was " + shown(then.answer()) + ", is "
                + shown(now.answer());
    }

    /** The end of a prompt: prompts begin alike, what differs comes last. */
    private static String end(String prompt) {
        String text = masked(prompt);
        int start = text.offsetByCodePoints(text.length(), -Math.min(LONGEST, text.codePointCount(0, text.length())));
        return '"' + (start > 0 ? "..." : "") + text.substring(start) + '"';
    }

    private static String shown(@Nullable String answer) {
        String text = masked(answer == null ? "" : answer);
        int end = text.offsetByCodePoints(0, Math.min(LONGEST, text.codePointCount(0, text.length())));
        return '"' + text.substring(0, end) + (end < text.length() ? "..." : "") + '"';
    }

    private static String masked(String text) {
        return MASK.masked(text).replaceAll("\\s+", " ").strip();
    }
}
