package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.run.Sampling;
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

/** What it takes to ask hosted models rows, which are sent whole with all of their examples, and what is read from what they say. */
final class HostedRows {
    /** What stands for an answer that names no label, or several: it is wrong whatever is right. */
    static final String NO_LABEL = "(no label)";

    /** Tokens that a model may say around a label. */
    private static final int AROUND_A_LABEL = 16;

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final int DIGITS = 4;

    private final HostedAnswers answers;
    private final HostingWay way;
    private final TokenRates base;
    private long questions;
    private long read;
    private long written;
    private boolean isKnown = true;
    private @Nullable Money cost;

    private HostedRows(HostedAnswers answers) {
        this.answers = answers;
        this.way = answers.model().way();
        this.base = answers.hosting().base(answers.model());
    }

    /**
     * The terms of an order.
     *
     * @param rows one {@link Example} a line
     * @param output where answers are that were given already
     */
    static AnswerTerms terms(HostedAnswers answers, WorkOrder order, Path rows, Path output) {
        HostedRows sum = new HostedRows(answers);
        List<Example.Conversation> all = HostedAnswers.conversations(rows);
        for (WorkStep step : order.steps()) {
            if (step instanceof WorkStep.Predict predict) {
                int done = Math.min(all.size(), HostedAnswers.answered(HostedAnswers.file(output, predict)));
                List<Example.Conversation> open = all.subList(done, all.size());
                long reading = open.stream()
                        .flatMap(row -> predict.withShots(row.prompt()).stream())
                        .mapToLong(HostedRows::mostTokens)
                        .sum();
                sum.add(predict.variant(), open.size(), reading, (long) open.size() * mostTokens(predict));
            }
        }
        return sum.terms();
    }

    /** The terms of one question to some models. */
    static AnswerTerms terms(HostedAnswers answers, List<Variant> variants, List<Message> messages, Sampling sampling) {
        HostedRows sum = new HostedRows(answers);
        long reading = messages.stream().mapToLong(HostedRows::mostTokens).sum();
        variants.forEach(variant -> sum.add(variant, 1, reading, sampling.maxNewTokens()));
        return sum.terms();
    }

    private AnswerTerms terms() {
        return new AnswerTerms(
                answers.model().run(),
                answers.place().id(),
                answers.model(),
                questions,
                read,
                written,
                isKnown ? cost : null,
                isKnown);
    }

    private void add(Variant variant, long asked, long reading, long writing) {
        boolean isTuned = variant.isTuned();
        questions += asked;
        read += reading;
        written += writing;
        if (asked > 0 && (!isTuned || way.billsTokens())) {
            PriceFact input = isTuned ? way.input() : base.input();
            PriceFact output = isTuned ? way.output() : base.output();
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
