package dev.finetune4j.training.loop;

import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How far a training is, apart from the weights: all that a checkpoint needs besides the model's state. Random numbers are functions of
 * the place ({@link SeedStream}), so none are in here.
 *
 * @param identity what the checkpoint belongs to: digest over order, rows and model
 * @param steps optimizer steps done
 * @param epoch epoch of the next step, from 0; for people and for a check
 * @param validatedSteps steps done when the validation loss was last taken, 0 for never
 * @param best the best adapter so far, or null before the first validation
 * @param validationsWithoutGain validations since then
 * @param firstLoss loss of the first step; null before it, and after a checkpoint that does not know it
 * @param losses the latest losses
 * @param gradientNorms the latest gradient norms
 * @param tokens tokens of the rows that were gone over so far
 */
record Progress(
        String identity,
        int steps,
        int epoch,
        int validatedSteps,
        @Nullable Best best,
        int validationsWithoutGain,
        @Nullable Double firstLoss,
        RunningMedian losses,
        RunningMedian gradientNorms,
        long tokens) {
    /**
     * The adapter with the lowest validation loss.
     *
     * @param step after which step
     * @param loss its validation loss in nats per counted token
     */
    record Best(int step, double loss) {}

    /** Nothing done yet. */
    static Progress start(String identity) {
        return new Progress(identity, 0, 0, 0, null, 0, null, RunningMedian.EMPTY, RunningMedian.EMPTY, 0);
    }

    /** The best adapter, if there was a validation. */
    Optional<Best> bestSoFar() {
        return Optional.ofNullable(best);
    }

    /** The first step whose loss or gradient norm is not that of another way to the same place, as far back as both remember. */
    Optional<Integer> firstDifference(Progress other) {
        int known = losses.latest().size();
        return IntStream.range(0, known)
                .filter(i ->
                        !losses.latest().get(i).equals(other.losses.latest().get(i))
                                || !gradientNorms
                                        .latest()
                                        .get(i)
                                        .equals(other.gradientNorms.latest().get(i)))
                .mapToObj(i -> steps - known + 1 + i)
                .findFirst();
    }

    /** After one more step. */
    Progress afterStep(int nextEpoch, double loss, double gradientNorm, long stepTokens) {
        return new Progress(
                identity,
                steps + 1,
                nextEpoch,
                validatedSteps,
                best,
                validationsWithoutGain,
                steps == 0 ? Double.valueOf(loss) : firstLoss,
                losses.with(loss),
                gradientNorms.with(gradientNorm),
                tokens + stepTokens);
    }

    /** After a validation at this place. */
    Progress afterValidation(double loss) {
        boolean gained = best == null || loss < best.loss();
        return new Progress(
                identity,
                steps,
                epoch,
                steps,
                gained ? new Best(steps, loss) : best,
                gained ? 0 : validationsWithoutGain + 1,
                firstLoss,
                losses,
                gradientNorms,
                tokens);
    }
}
