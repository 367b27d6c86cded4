package dev.finetune4j.engine.launch;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import java.math.BigDecimal;
import java.util.Optional;

/** Warns of a learning rate at which hardly any training does not diverge: most come of a slip of the pen. */
final class UsualRate {
    /** Who searches goes ten or thirty times above the usual rate, hardly further. Judgement. */
    private static final double FAR_ABOVE = 100;

    private UsualRate() {}

    /** What is to be said of the learning rate of a job; empty where it is not far above that of its method. */
    static Optional<Problem> warning(FineTuneJob job) {
        double usual = job.method().defaultLearningRate();
        double rate = job.training().with(job.method()).learningRate();
        return rate <= FAR_ABOVE * usual
                ? Optional.empty()
                : Optional.of(LaunchProblems.HIGH_RATE
                        .warning("training.learning-rate is " + plain(rate) + ", " + Math.round(rate / usual)
                                + " times what is usual with " + job.method().kind())
                        .at(Location.ofKey("training.learning-rate"))
                        .remedy("training.learning-rate: " + plain(usual))
                        .build());
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
