package dev.finetune4j.engine.launch;

import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to host the tuned model of a run, for somebody to agree to.
 *
 * @param run whose model
 * @param place where it is
 * @param way how it would be hosted
 * @param units how many units
 * @param ways all ways that there are
 * @param hosted how it is hosted already, or null
 * @param isBrought whether the model is brought there, since another place trained it
 */
public record HostingTerms(
        RunId run,
        ProviderId place,
        HostingWay way,
        int units,
        List<HostingWay> ways,
        @Nullable HostedModel hosted,
        boolean isBrought) {
    /** Copies the list. */
    public HostingTerms {
        ways = List.copyOf(ways);
    }

    /** What it costs an hour, asked or not; empty where that is not known. */
    public Optional<Money> perHour() {
        return way.perHour(units);
    }

    /** What it costs a month, if it is left on; empty where that is not known. */
    public Optional<Money> perMonth() {
        return way.perMonth(units);
    }

    /** Whether it is hosted just so. */
    boolean isMetBy(HostedModel found) {
        return found.way().name().equals(way.name()) && found.units() == units;
    }
}
