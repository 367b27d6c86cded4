package dev.finetune4j.spi;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * That the tuned model of a run be hosted. The same order is the same thing at the place, however often it is given.
 *
 * @param run whose model
 * @param way {@link HostingWay#name}
 * @param units how many units, from 1
 * @param time how often the run's model has been hosted, this time included: what was ended is not found again by its old name
 * @param model folder of the model in Hugging Face layout, where it was trained elsewhere and is brought to the place; null where the place
 *     has it
 */
public record HostingOrder(
        RunId run,
        String way,
        int units,
        int time,
        @Nullable Path model) {
    /** Refuses no units, and no time. */
    public HostingOrder {
        Checks.notBlank("way", way);
        Checks.inRange("units", units, 1, Integer.MAX_VALUE);
        Checks.inRange("time", time, 1, Integer.MAX_VALUE);
    }

    /** For a model that the place has. */
    public HostingOrder(RunId run, String way, int units, int time) {
        this(run, way, units, time, null);
    }

    /** The same for a model that lies here. */
    public HostingOrder bringing(Path folder) {
        return new HostingOrder(run, way, units, time, folder);
    }
}
