package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Architecture.Kind;
import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;

/**
 * How much wider a range is where formulas have been tried less: standard deviations of the logarithm, which add as variances.
 * They are judgement, from families whose measurements nobody had looked at while the formulas were made; see {@code
 * docs/estimates.md}.
 */
final class Unfamiliarity {
    private Unfamiliarity() {}

    static double ofMemory(Architecture model, TrainingSetup setup) {
        Parallelism spread = setup.parallelism();
        return together(
                when(model.experts() != null, 0.15),
                when(isModelParallel(spread), 0.15),
                when(
                        spread.weightShards() > 1
                                || spread.sharding() == Sharding.LAYERS
                                || setup.shardings().size() > 1,
                        0.1),
                when(setup.offloadsOptimizer() || setup.offloadsWeights(), 0.25),
                when(model.kind() != Kind.DECODER, 0.2),
                when(model.isInterpolated(), 0.1));
    }

    static double ofSpeed(Architecture model, TrainingSetup setup) {
        Parallelism spread = setup.parallelism();
        return together(
                when(model.experts() != null, 0.25),
                when(isModelParallel(spread), 0.15),
                when(spread.sharding() == Sharding.LAYERS, 0.3),
                when(spread.gpus() > Parallelism.GPUS_OF_A_MACHINE, 0.15),
                when(setup.offloadsOptimizer() || setup.offloadsWeights(), 0.5),
                when(model.kind() != Kind.DECODER, 0.3),
                when(setup.arithmetic() == Arithmetic.FP8, 0.1),
                when(model.isUnlikeItsSizes(), 0.3),
                when(model.isInterpolated(), 0.1));
    }

    private static boolean isModelParallel(Parallelism spread) {
        return spread.tensor() * spread.pipeline() > 1 || spread.expert() > 1 || spread.sequence() > 1;
    }

    private static double when(boolean isSo, double deviation) {
        return isSo ? deviation : 0;
    }

    private static double together(double... deviations) {
        double variance = 0;
        for (double deviation : deviations) {
            variance += deviation * deviation;
        }
        return Math.sqrt(variance);
    }
}
