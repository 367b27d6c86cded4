package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import java.util.Optional;

/**
 * A training of one optimizer step. Steps of warm-up are rounded up and the first begins at a rate of 0, as in transformers, so that this
 * step changes no weight.
 */
public final class SingleStep {
    /** Steps that a remedy is to bring. */
    private static final int STEPS = 8;

    private SingleStep() {}

    /** What is wrong with the training of a job, if that is all that it does. */
    public static Optional<Problem> finding(TrainingSpec training, DatasetCheckReport report) {
        long rows = report.profile().rowsByPart().getOrDefault(Part.TRAIN, 0L);
        if (rows == 0 || training.warmupRatio() == 0 || training.epochs() * stepsPerEpoch(training, rows, report) > 1) {
            return Optional.empty();
        }
        Problem.Builder problem = CheckProblems.WARMUP_ONLY
                .warning("the training is one step: nothing is learned where the place trains by the job's warm-up")
                .at(Location.ofKey("training.warmup-ratio"))
                .because("a warm-up of " + Counted.percent(training.warmupRatio())
                        + " is rounded up to the whole step, and the rate rises from 0")
                .because(Counted.of(rows, "training row") + ", " + training.batchSize() + " x "
                        + training.gradientAccumulation() + " a step")
                .remedy("training.warmup-ratio: 0");
        long smaller = Math.max(1, rows / ((long) STEPS * training.gradientAccumulation()));
        if (!training.packing() && training.epochs() * steps(rows, smaller, training.gradientAccumulation()) > 1) {
            problem.remedy("training.batch-size: " + smaller);
        }
        return Optional.of(problem.build());
    }

    /** Of packed rows no more is known than whether all of them lie in one micro-batch. */
    private static long stepsPerEpoch(TrainingSpec training, long rows, DatasetCheckReport report) {
        if (training.packing()) {
            double tokens = rows * report.meanTokensAsCut();
            return tokens <= (double) training.batchSize() * report.tokens().limitTokens() ? 1 : Long.MAX_VALUE;
        }
        return steps(rows, training.batchSize(), training.gradientAccumulation());
    }

    private static long steps(long rows, long batchSize, int accumulation) {
        long microBatches = (rows + batchSize - 1) / batchSize;
        return (microBatches + accumulation - 1) / accumulation;
    }
}
