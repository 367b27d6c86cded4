package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What it takes to ask hosted models rows, and what is read from what they say. */
final class HostedRows {
    /** What stands for an answer that names no label, or several: it is wrong whatever is right. */
    static final String NO_LABEL = "(no label)";

    /** Tokens that a model may say around a label. */
    private static final int AROUND_A_LABEL = 16;

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final int DIGITS = 4;

    private long questions;
    private long read;
    private long written;
    private boolean isKnown = true;
    private @Nullable Money cost;

    private HostedRows() {}

    /**
     * The terms of an order.
     *
     * @param rows one {@link Example} a line
     * @param output where answers are that were given already
     */
    static AnswerTerms terms(HostedAnswers answers, WorkOrder order, Path rows, Path output) {
        HostedRows sum = new HostedRows();
        HostingWay way = answers.model().way();
        TokenRates base = answers.hosting().base(answers.model());
        List<Example.Conversation> all = HostedAnswers.conversations(rows);
        for (WorkStep step : order.steps()) {
            if (step instanceof WorkStep.Predict predict) {
                int done = Math.min(all.size(), HostedAnswers.answered(HostedAnswers.file(output, predict)));
                boolean isTuned = predict.variant().isTuned();
                sum.add(
                        predict,
                        all.subList(done, all.size()),
                        isTuned ? way.input() : base.input(),
                        isTuned ? way.output() : base.output(),
                        !isTuned || way.billsTokens());
            }
        }
        return new AnswerTerms(
                answers.model().run(),
                answers.place().id(),
                answers.model(),
                sum.questions,
                sum.read,
                sum.written,
                sum.isKnown ? sum.cost : null,
                sum.isKnown);
    }

    private void add(
            WorkStep.Predict step,
            List<Example.Conversation> rows,
            @Nullable PriceFact input,
            @Nullable PriceFact output,
            boolean isBilled) {
        long reading = rows.stream()
                .flatMap(row -> step.withShots(row.prompt()).stream())
                .mapToLong(HostedRows::mostTokens)
                .sum();
        long writing = (long) rows.size() * mostTokens(step);
        questions += rows.size();
        read += reading;
        written += writing;
        if (isBilled && !rows.isEmpty()) {
            if (input == null || output == null) {
                isKnown = false;
                return;
            }
            Money more = price(input, reading).plus(price(output, writing));
            cost = cost == null ? more : cost.plus(more);
        }
    }

    private static Money price(PriceFact million, long tokens) {
        Money price = million.amount();
        return new Money(
                price.amount().multiply(BigDecimal.valueOf(tokens)).divide(MILLION, DIGITS, RoundingMode.UP),
                price.currency());
    }

    private static long mostTokens(Message message) {
        return (long) MostTokens.MARKS_OF_A_MESSAGE + message.content().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Tokens of the longest answer that is asked for. No token of a label is shorter than a byte. */
    static int mostTokens(WorkStep.Predict step) {
        return step.labels().stream()
                .mapToInt(label -> label.getBytes(StandardCharsets.UTF_8).length + AROUND_A_LABEL)
                .max()
                .orElse(Math.max(1, step.maxNewTokens()));
    }

    /** The label that a model said: that text alone or, where it says more, the only label among its words. */
    static String label(List<String> labels, String said) {
        String plain = said.strip().toLowerCase(Locale.ROOT);
        List<String> named = labels.stream()
                .filter(label -> label.toLowerCase(Locale.ROOT).equals(plain))
                .toList();
        if (named.isEmpty()) {
            named = labels.stream()
                    .filter(label -> Pattern.compile(
                                    "(?iu)(?<![\\p{L}\\p{N}])" + Pattern.quote(label) + "(?![\\p{L}\\p{N}])")
                            .matcher(said)
                            .find())
                    .toList();
        }
        return named.size() == 1 ? named.get(0) : NO_LABEL;
    }
}
