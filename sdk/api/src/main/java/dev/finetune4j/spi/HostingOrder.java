package dev.finetune4j.spi;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.RunId;

/**
 * That the tuned model of a run be hosted. The same order is the same thing at the place, however often it is given.
 *
 * @param run whose model
 * @param way {@link HostingWay#name}
 * @param units how many units, from 1
 * @param time how often the run's model has been hosted, this time included: what was ended is not found again by its old name
 */
public record HostingOrder(RunId run, String way, int units, int time) {
    /** Refuses no units, and no time. */
    public HostingOrder {
        Checks.notBlank("way", way);
        Checks.inRange("units", units, 1, Integer.MAX_VALUE);
        Checks.inRange("time", time, 1, Integer.MAX_VALUE);
    }
}
