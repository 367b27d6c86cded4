package dev.finetune4j.run;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import org.jspecify.annotations.Nullable;

/**
 * A training whose loss or gradient is not a number any more. Its settings are to blame, and the same again would end the same: that is a
 * result, where any other failure of a training says nothing of its settings.
 */
public final class Divergence {
    /** What a place fails with then. */
    public static final ProblemKind KIND = new ProblemKind(
            "FT0622",
            "the loss is not a number",
            ExitCode.TRAINING_FAILED,
            "The loss or the gradient became infinite or not a number. The step was not taken and no later checkpoint was written, so the last"
                    + " checkpoint holds sound weights. The usual cause is a learning rate that is too high for the data; in bf16 a long"
                    + " sum can also overflow.",
            "training.learning-rate: a tenth of the present value");

    private Divergence() {}

    /** Whether a run failed of it; not where it did not fail. */
    public static boolean isIn(@Nullable Problem why) {
        return why != null && why.code().equals(KIND.code());
    }
}
