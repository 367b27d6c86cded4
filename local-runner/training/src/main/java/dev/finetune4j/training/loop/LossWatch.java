package dev.finetune4j.training.loop;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.problem.LoopProblems;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * Notices when a training goes wrong: not finite, loss jump, gradient jump, validation that is worse than the start, turns up, or still
 * falls at the end.
 */
final class LossWatch {
    /** Against the highest of the last losses, since those of small batches differ by more than this among themselves. */
    private static final double SPIKE_FACTOR = 2;

    private static final double GRADIENT_FACTOR = 10;

    /** Above the lowest by so much the validation loss has turned up; less is the noise of few rows. */
    private static final double RISE = 0.01;

    /** Validations in a row above the lowest, at the least: one alone may be chance, unless it is the last. */
    private static final int RISES = 2;

    /** As many of all validations above the lowest: sooner it may well fall again. */
    private static final int RISES_OF = 3;

    /** So many times the loss of the first step is not the chance of that step's few rows. */
    private static final double DIVERGED = 2;

    /** Fallen by so much since the validation before, the loss would go on to fall. */
    private static final double FALL = 0.05;

    /** Nats a token at which the right one has 99 %: a loss that falls on from there makes no answer better. */
    private static final double LEARNED = 0.01;

    private final TrainingSpec spec;
    private final int enoughRises;
    private double lastValidation = Double.NaN;
    private boolean isDivergenceNamed;
    private int named;

    /**
     * Of one training.
     *
     * @param validations how many there will be
     */
    LossWatch(TrainingSpec spec, int validations) {
        this.spec = spec;
        enoughRises = Math.max(RISES, validations / RISES_OF);
    }

    /**
     * Refuses a step that would spoil the weights.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0622 if loss or norm is not finite
     */
    void refuseNotFinite(int step, double loss, double gradientNorm) {
        if (Double.isFinite(loss) && Double.isFinite(gradientNorm)) {
            return;
        }
        throw LoopProblems.NOT_FINITE
                .error("the loss is not a number at step " + step)
                .at(Location.ofKey("training.learning-rate"))
                .because(String.format(Locale.ROOT, "loss %s, gradient norm %s", loss, gradientNorm))
                .because("training.learning-rate is " + plain(spec.learningRate()))
                .remedy("training.learning-rate: " + plain(spec.learningRate() / 10))
                .remedy(spec.precision() == Precision.FP32 ? "training.warmup-ratio: 0.1" : "training.precision: fp32")
                .asException();
    }

    /**
     * Refuses a validation loss that would be compared with others for nothing.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0622 if it is not finite
     */
    void refuseNotFiniteValidation(int step, double loss) {
        if (!Double.isFinite(loss)) {
            throw LoopProblems.NOT_FINITE
                    .error("the validation loss is not a number after step " + step)
                    .at(Location.ofKey("training.learning-rate"))
                    .because("training.learning-rate is " + plain(spec.learningRate()))
                    .remedy("training.learning-rate: " + plain(spec.learningRate() / 10))
                    .asException();
        }
    }

    /**
     * What a validation says of the whole training; each lowest loss is named once.
     *
     * @param loss of this validation
     * @param now after it
     * @param epochsAfter passes over the rows that are done after a step
     * @param isLast whether training ends with it
     */
    Optional<Problem> trend(double loss, Progress now, IntToDoubleFunction epochsAfter, boolean isLast) {
        double before = lastValidation;
        lastValidation = loss;
        Progress.Best best = now.bestSoFar().orElseThrow();
        Double start = now.firstLoss(); // null where an older version has saved the checkpoint
        if (start != null && !isDivergenceNamed && best.loss() > DIVERGED * start) {
            isDivergenceNamed = true;
            return Optional.of(aboveStart(best, start));
        }
        boolean isAbove = loss > (1 + RISE) * best.loss();
        if (isAbove && named != best.step() && (isLast || now.validationsWithoutGain() >= enoughRises)) {
            named = best.step();
            return Optional.of(turnedUp(loss, now.steps(), best, epochsAfter.applyAsDouble(best.step())));
        }
        boolean isStillFalling = isLast
                && !isDivergenceNamed
                && loss > LEARNED
                && best.step() == now.steps()
                && before * (1 - FALL) > loss;
        return isStillFalling ? Optional.of(stillFalling(loss, now.steps(), before)) : Optional.empty();
    }

    private Problem aboveStart(Progress.Best best, double start) {
        Problem.Builder problem = LoopProblems.ABOVE_START
                .warning("the loss is far above where it began")
                .at(Location.ofKey("training.learning-rate"))
                .because(String.format(
                        Locale.ROOT,
                        "the lowest validation loss is %.4g at step %d, the first step had %.4g",
                        best.loss(),
                        best.step(),
                        start))
                .because("training.learning-rate is " + plain(spec.learningRate()))
                .remedy("training.learning-rate: " + plain(spec.learningRate() / 10));
        if (spec.maxGradientNorm() == 0) {
            problem.remedy("training.max-gradient-norm: 1.0");
        }
        return problem.build();
    }

    private Problem turnedUp(double loss, int step, Progress.Best best, double epochsAtBest) {
        Problem.Builder problem = LoopProblems.TURNED_UP
                .warning("the validation loss turned up after step " + best.step())
                .at(Location.ofKey("training.epochs"))
                .because(String.format(
                        Locale.ROOT,
                        "%.4g at step %d, %.4g at step %d; the result is that of step %d",
                        best.loss(),
                        best.step(),
                        loss,
                        step,
                        best.step()))
                .remedy("training.epochs: " + plain(epochsAtBest));
        if (spec.earlyStoppingPatience() == 0) {
            problem.remedy("training.early-stopping-patience: " + RISES);
        }
        return problem.remedy("training.learning-rate: " + plain(spec.learningRate() / 2))
                .build();
    }

    private Problem stillFalling(double loss, int step, double before) {
        return LoopProblems.STILL_FALLING
                .note("the validation loss was still falling at step " + step + ", the last")
                .at(Location.ofKey("training.epochs"))
                .because(String.format(Locale.ROOT, "%.4g, and %.4g the validation before", loss, before))
                .remedy("training.epochs: " + plain(2 * spec.epochs()))
                .build();
    }

    /** What is unusual about a step, compared with those before it. */
    List<Problem> unusual(int step, double loss, double gradientNorm, Progress before) {
        List<Problem> problems = new ArrayList<>();
        if (before.losses().isSettled() && loss > SPIKE_FACTOR * before.losses().highest()) {
            problems.add(LoopProblems.LOSS_SPIKE
                    .warning("the loss jumped at step " + step)
                    .because(String.format(
                            Locale.ROOT,
                            "%.4g, the highest of the steps before it is %.4g",
                            loss,
                            before.losses().highest()))
                    .remedy("training.learning-rate: " + plain(spec.learningRate() / 2) + "   (if it repeats)")
                    .build());
        }
        if (before.gradientNorms().isSettled()
                && gradientNorm > GRADIENT_FACTOR * before.gradientNorms().median()) {
            problems.add(LoopProblems.GRADIENT_JUMP
                    .warning("the gradient exploded at step " + step)
                    .because(String.format(
                            Locale.ROOT,
                            "norm %.4g, the median before it is %.4g; training.max-gradient-norm is %s",
                            gradientNorm,
                            before.gradientNorms().median(),
                            plain(spec.maxGradientNorm())))
                    .remedy(
                            spec.maxGradientNorm() == 0
                                    ? "training.max-gradient-norm: 1.0"
                                    : "training.learning-rate: " + plain(spec.learningRate() / 2))
                    .build());
        }
        return problems;
    }

    private static String plain(double value) {
        return new BigDecimal(value, new MathContext(3)).stripTrailingZeros().toPlainString();
    }
}
