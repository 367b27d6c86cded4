package dev.finetune4j.engine.report;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.evaluate.RowScore;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Which held-out rows tuning changed, with a sample to look at. The sample is drawn by lot, not picked: as many rows that tuning
 * fixed as rows that it broke, as far as there are any. Secrets and personal data in it are masked.
 *
 * @param metric by which a row's answers are compared
 * @param fixed rows that the tuned model answers better than the zero-shot base model
 * @param broken rows that it answers worse
 * @param unchanged rows that both answer equally well
 * @param sample some of the changed rows, in the order of the data
 */
public record ChangedRows(MetricName metric, long fixed, long broken, long unchanged, List<ChangedRow> sample) {
    /** Rows in the sample. */
    public static final int SAMPLE = 10;

    /** Longest text kept of a prompt or an answer, in characters. */
    public static final int MAX_TEXT = 1000;

    private static final MaskedText ROW_TEXT = new MaskedText();

    /** Copies the sample. */
    public ChangedRows {
        sample = List.copyOf(sample);
    }

    /**
     * Compares two models row by row.
     *
     * @param task decides by which metric
     * @param predictions answers to the same rows in the same order; the tuned and the zero-shot base model are needed
     * @param heldOut the rows, for their prompts; a row that is missing is shown without
     * @param seed of the lot
     */
    public static ChangedRows of(
            TaskKind task, Map<Variant, List<Prediction>> predictions, List<Example> heldOut, long seed) {
        List<Prediction> base = predictions.getOrDefault(Variant.BASE_ZERO_SHOT, List.of());
        List<Prediction> tuned = predictions.getOrDefault(Variant.TUNED, List.of());
        Map<RowRef, Example> examples = new HashMap<>();
        heldOut.forEach(example -> examples.put(example.row(), example));
        MetricName metric = RowScore.metric(task);
        List<ChangedRow> fixed = new ArrayList<>();
        List<ChangedRow> broken = new ArrayList<>();
        for (int i = 0; i < base.size(); i++) {
            double before = RowScore.of(metric, base.get(i));
            double after = RowScore.of(metric, tuned.get(i));
            int better = Double.compare(after, before) * (metric.isLowerBetter() ? -1 : 1);
            if (better != 0) {
                Example example = examples.get(base.get(i).row());
                (better > 0 ? fixed : broken)
                        .add(changed(base.get(i), tuned.get(i), example, before, after, better > 0));
            }
        }
        return new ChangedRows(
                metric,
                fixed.size(),
                broken.size(),
                base.size() - fixed.size() - broken.size(),
                sample(fixed, broken, new Random(seed)));
    }

    private static ChangedRow changed(
            Prediction base, Prediction tuned, @Nullable Example example, double before, double after, boolean better) {
        return new ChangedRow(
                base.row(),
                example == null ? "" : shortened(prompt(example)),
                shortened(base.reference()),
                shortenedIfAny(base.answer()),
                shortenedIfAny(tuned.answer()),
                before,
                after,
                better ? ChangedRow.Effect.FIXED : ChangedRow.Effect.BROKEN);
    }

    private static List<ChangedRow> sample(List<ChangedRow> fixed, List<ChangedRow> broken, Random random) {
        List<ChangedRow> someFixed = new ArrayList<>(fixed);
        List<ChangedRow> someBroken = new ArrayList<>(broken);
        Collections.shuffle(someFixed, random);
        Collections.shuffle(someBroken, random);
        int ofBroken = Math.min(someBroken.size(), Math.max(SAMPLE / 2, SAMPLE - someFixed.size()));
        int ofFixed = Math.min(someFixed.size(), SAMPLE - ofBroken);
        List<ChangedRow> sample = new ArrayList<>(someFixed.subList(0, ofFixed));
        sample.addAll(someBroken.subList(0, ofBroken));
        sample.sort(Comparator.comparing(ChangedRow::effect)
                .thenComparing(row -> row.row().row()));
        return sample;
    }

    private static String prompt(Example example) {
        if (example instanceof Example.Conversation conversation) {
            List<Message> prompt = conversation.prompt();
            return prompt.get(prompt.size() - 1).content();
        }
        return "";
    }

    private static @Nullable String shortenedIfAny(@Nullable String text) {
        return text == null ? null : shortened(text);
    }

    private static String shortened(String original) {
        String text = ROW_TEXT.masked(original);
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end) + "…";
    }
}
