package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import java.time.Duration;

/**
 * How long runs will take, told from runs before them.
 *
 * @param low as fast as the fastest of those runs, and a fifth faster
 * @param high as slow as the slowest of them, and a third slower
 * @param measuredRuns runs that it was told from
 */
public record TimeForecast(Duration low, Duration high, int measuredRuns) {
    /** In words, such as {@code 2 min to 3 min 20 s by the speed of the last 3 runs of this model}. */
    public String words() {
        return Figures.duration(low) + " to " + Figures.duration(high) + " by the speed of "
                + (measuredRuns == 1 ? "the last run" : "the last " + measuredRuns + " runs") + " of this model here";
    }
}
