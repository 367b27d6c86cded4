package dev.finetune4j.engine.estimate;

import dev.finetune4j.plan.Fit;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A run that somebody published, read from a row of a table.
 *
 * @param row its number below the header, from 1
 * @param source who published it
 * @param family sources that share code or people, which are left out together
 * @param model the model as named there
 * @param architecture its sizes; null where they cannot be found
 * @param setup how it was trained; null where the method is not known
 * @param gpu what it ran on; null where it is not named
 * @param memory peak on one GPU; null where none is printed
 * @param speed tokens a second on one GPU; null where none is printed or follows
 * @param wallTime how long it took; null where that is not printed or not what
 * @param figure what the figure of memory counts; null where that is not said
 * @param trainedTokens tokens of the whole run as computed
 * @param isComplete whether everything that moves memory is said: lengths, batch, one dense model without offload
 * @param ranOutOfMemory whether it failed for want of memory
 * @param hasFinished whether it is known to have run
 */
record PublishedRun(
        int row,
        String source,
        String family,
        String model,
        @Nullable Architecture architecture,
        @Nullable TrainingSetup setup,
        @Nullable Gpu gpu,
        Observed memory,
        @Nullable MemoryFigure figure,
        Observed speed,
        Observed wallTime,
        OptionalDouble trainedTokens,
        boolean isComplete,
        boolean ranOutOfMemory,
        boolean hasFinished) {

    /** Whether it is known that it ran or ran out of memory, and the setup says enough to judge. */
    boolean hasVerdict() {
        return architecture != null
                && architecture.kind() == Architecture.Kind.DECODER
                && setup != null
                && gpu != null
                && setup.microBatch() != null
                && setup.capTokens() != null
                && (setup.method() != TrainingSetup.Method.FULL || setup.optimizer() != null)
                && (ranOutOfMemory || (hasFinished && (memory.isUsable() || speed.isUsable() || wallTime.isAsked())));
    }

    /** Whether a verdict is right: what ran must not be refused, and what failed must not be let pass. */
    boolean isRightlyCalled(Fit fit) {
        return fit != (ranOutOfMemory ? Fit.FITS : Fit.TOO_LARGE);
    }

    /**
     * A figure, or why there is none to compare with.
     *
     * @param value the figure; NaN where there is none
     * @param isAsked whether the row has the columns for it
     * @param why why it cannot be used; null where it can
     */
    record Observed(double value, boolean isAsked, @Nullable String why) {
        static Observed of(double value) {
            return new Observed(value, true, null);
        }

        /** The row has the columns, but something else forbids a comparison. */
        static Observed unusable(String why) {
            return new Observed(Double.NaN, true, why);
        }

        /** The row does not have the columns. */
        static Observed absent() {
            return new Observed(Double.NaN, false, null);
        }

        boolean isUsable() {
            return isAsked && why == null;
        }
    }
}
