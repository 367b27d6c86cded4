package dev.finetune4j.worker;

import dev.finetune4j.job.Precision;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.LabelCounts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A trained encoder as a model of its own: how it is written, and how far its scores are from those that it had before. */
final class MergedEncoder implements MergedParts {
    private static final int TEXTS = 16;
    private static final int TEXT_TOKENS = 24;

    private final WorkSite site;
    private final TunedModel tuned;
    private final LabelCounts labels;
    private final int vocabulary;

    /**
     * Looks at a trained encoder.
     *
     * @param vocabulary tokens that texts are made of, from 0 on
     */
    MergedEncoder(WorkSite site, TunedModel tuned, int vocabulary) {
        this.site = site;
        this.tuned = tuned;
        this.labels = tuned.labels();
        this.vocabulary = vocabulary;
    }

    @Override
    public ModelFormat format() {
        return new ModelFormat.HuggingFace(Precision.FP32);
    }

    @Override
    public double tolerance() {
        return 1e-3;
    }

    @Override
    public int compared() {
        return TEXTS * labels.names().size();
    }

    @Override
    public double write(Path folder) {
        double[] before;
        try (Classifier model = load(tuned)) {
            model.writeWhole(folder);
            before = scores(model);
        }
        try (Classifier model = load(TunedModel.plain(folder))) {
            double[] after = scores(model);
            return IntStream.range(0, after.length)
                    .mapToDouble(i -> Math.abs(after[i] - before[i]))
                    .max()
                    .orElse(0);
        }
    }

    private Classifier load(TunedModel model) {
        return site.loadClassifierToCompare(model, labels, TEXTS * TEXT_TOKENS).model();
    }

    private double[] scores(Classifier model) {
        List<int[]> texts = IntStream.range(0, TEXTS)
                .mapToObj(text -> IntStream.range(0, TEXT_TOKENS)
                        .map(t -> MergedParts.spread(text * TEXT_TOKENS + t, vocabulary))
                        .toArray())
                .toList();
        return model.labelScores(texts).stream().flatMapToDouble(Arrays::stream).toArray();
    }
}
