package dev.finetune4j.engine.journal;

import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run whose model is hosted, or was to be, and is not known to have been ended.
 *
 * @param run the run
 * @param place where
 * @param asked the last order that it be hosted
 * @param model what hosts it, or null where the answer to that order is not known: it may be there, and be billed
 * @param isSeenNow whether the place tells so now; otherwise nobody asked it, or it cannot be reached, and this is what it told last
 */
public record HostedRun(
        RunId run,
        ProviderId place,
        HostingOrder asked,
        @Nullable HostedModel model,
        boolean isSeenNow) {
    /** The place's name of how it is hosted. */
    public String way() {
        return model == null ? asked.way() : model.way().name();
    }

    /** How many units. */
    public int units() {
        return model == null ? asked.units() : model.units();
    }

    /** What it costs an hour, asked or not; empty where that is not known. */
    public Optional<Money> perHour() {
        return Optional.ofNullable(model).flatMap(HostedModel::perHour);
    }

    /** What it costs a month, if it is left on; empty where that is not known. */
    public Optional<Money> perMonth() {
        return Optional.ofNullable(model).flatMap(one -> one.way().perMonth(one.units()));
    }
}
