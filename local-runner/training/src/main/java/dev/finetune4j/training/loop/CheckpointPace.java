package dev.finetune4j.training.loop;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a training is saved. The job may ask for every so many steps. Where it does not, the first step of each process is saved, which
 * shows early that saving works and measures what it costs, and then as often as loses the least time: with C seconds for a checkpoint
 * and a failure every M seconds, after every sqrt(2 C M) (<a href="https://doi.org/10.1145/361147.361115">Young 1974</a>, the
 * first order of Daly 2006), but at least every {@value #LONGEST_MINUTES} minutes, and never so often that it costs more than
 * {@value #MOST_OVERHEAD} of the time.
 *
 * <p>A checkpoint changes no number of the training, so neither does its pace.
 */
public final class CheckpointPace {
    /** Share of the computing time that checkpoints may cost. */
    public static final double MOST_OVERHEAD = 0.035;

    /** Minutes that are lost at most, whatever a checkpoint costs. */
    public static final int LONGEST_MINUTES = 5;

    /** M: a machine of one's own is switched off, or a spot machine taken away, a few times a day. */
    public static final Duration BETWEEN_FAILURES = Duration.ofHours(6);

    private final int everySteps;
    private @Nullable Instant due;

    /**
     * A pace.
     *
     * @param everySteps optimizer steps between checkpoints, 0 for as often as pays
     */
    CheckpointPace(int everySteps) {
        this.everySteps = everySteps;
    }

    /** Whether the training should be saved after a step. */
    boolean isDue(int step, Instant now) {
        if (everySteps > 0) {
            return step % everySteps == 0;
        }
        Instant next = due;
        return next == null || !now.isBefore(next);
    }

    /** Takes note of a checkpoint and of what it cost. */
    void saved(Instant begun, Instant ended) {
        due = ended.plus(interval(Duration.between(begun, ended)));
    }

    /** Time to compute between two checkpoints of such a cost. */
    static Duration interval(Duration cost) {
        double seconds = Math.max(0, cost.toNanos() / 1e9);
        double leastLoss = Math.sqrt(2 * seconds * BETWEEN_FAILURES.toSeconds());
        double longest = Duration.ofMinutes(LONGEST_MINUTES).toSeconds();
        double chosen = Math.max(seconds / MOST_OVERHEAD, Math.min(leastLoss, longest));
        return Duration.ofNanos((long) (chosen * 1e9));
    }
}
