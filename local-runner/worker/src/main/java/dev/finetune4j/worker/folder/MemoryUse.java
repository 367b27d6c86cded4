package dev.finetune4j.worker.folder;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.model.NumberFormats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the memory of a training goes, to say what to do when it runs out.
 *
 * @param largestPart what takes most of it, in words; empty if that is not known
 * @param smaller settings that need less, as lines of a job file; at most three, what helps most first
 */
public record MemoryUse(String largestPart, List<String> smaller) {
    private static final int MOST_SETTINGS = 3;

    /** Copies the list. */
    public MemoryUse {
        smaller = List.copyOf(smaller);
    }

    /**
     * The use of a training as it was laid out.
     *
     * @param formats what number formats cost where it runs
     * @param smaller the number format in which it would take less, or null where there is none
     */
    public static MemoryUse of(
            TrainingSpec spec,
            NumberFormats formats,
            @Nullable Precision smaller,
            Recompute recompute,
            String largestPart) {
        List<String> settings = new ArrayList<>();
        if (recompute != Recompute.LAYER) {
            settings.add("training.recompute: layer");
        }
        if (spec.batchSize() > 1) { // half the tokens at a time, with the same rows in a step
            int rows = spec.batchSize() / 2;
            int batches = spec.gradientAccumulation() * 2;
            settings.add("training: {batch-size: " + rows + ", gradient-accumulation: " + batches + "}");
        }
        if (smaller != null) {
            settings.add(formats.setting(smaller));
        }
        if (spec.maxTokens() > 1) {
            settings.add("training.max-tokens: " + spec.maxTokens() / 2);
        }
        return new MemoryUse(largestPart, settings.subList(0, Math.min(MOST_SETTINGS, settings.size())));
    }

    /** The number format with fewer bytes a number, where weights are held in it; null where there is none. */
    public static @Nullable Precision narrowerThan(Precision precision) {
        return precision == Precision.FP32 ? Precision.BF16 : null;
    }

    /** Adds the part and the settings to a problem. */
    public void explain(Problem.Builder problem) {
        if (!largestPart.isEmpty()) {
            problem.because("the largest part is " + largestPart);
        }
        smaller.forEach(problem::remedy);
    }
}
