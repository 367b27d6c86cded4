package dev.finetune4j.engine.estimate;

import dev.finetune4j.plan.Fit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        boolean isKnownToRun = hasFinished && (memory.isUsable() || speed.isUsable() || wallTime.isAsked());
        return lacking().isEmpty() && (ranOutOfMemory || (isKnownToRun && !mayKeepFewerStates()));
    }

    /** Why nobody says of a run that ran out of memory whether that was foreseen; empty where it is said, and of other runs. */
    Optional<String> whyUnjudged() {
        return !ranOutOfMemory || hasVerdict()
                ? Optional.empty()
                : Optional.of("memory: that it ran out of it cannot be judged without " + String.join(", ", lacking()));
    }

    /** What a verdict cannot do without. */
    private List<String> lacking() {
        List<String> lacking = new ArrayList<>();
        if (architecture == null || architecture.kind() != Architecture.Kind.DECODER) {
            lacking.add("a decoder of known sizes");
        }
        if (setup == null) {
            lacking.add("a known method");
        }
        if (gpu == null) {
            lacking.add("a known gpu");
        }
        if (setup != null && setup.microBatch() == null) {
            lacking.add("micro_batch");
        }
        if (setup != null && setup.capTokens() == null) {
            lacking.add("seq_len");
        }
        return lacking;
    }

    /** Where nobody says by which optimizer all weights are trained, Adam is assumed: what ran may have run by a lighter one. */
    private boolean mayKeepFewerStates() {
        return setup != null && setup.method() == TrainingSetup.Method.FULL && setup.optimizer() == null;
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
