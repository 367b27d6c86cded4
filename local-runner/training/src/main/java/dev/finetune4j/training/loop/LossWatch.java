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

/** Notices when a training goes wrong: not finite, loss jump, gradient jump. */
final class LossWatch {
    /** Against the highest of the last losses, since those of small batches differ by more than this among themselves. */
    private static final double SPIKE_FACTOR = 2;

    private static final double GRADIENT_FACTOR = 10;

    private final TrainingSpec spec;

    LossWatch(TrainingSpec spec) {
        this.spec = spec;
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
