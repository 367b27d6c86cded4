package dev.finetune4j.spi;

import dev.finetune4j.error.Problem;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tuned model that a place holds ready, or is about to.
 *
 * @param run whose model
 * @param way how it is hosted, with its price
 * @param units how many units
 * @param reference the place's own name of it, by which it is asked and ended; never a signed address
 * @param state where it stands
 * @param since when it was asked for
 * @param committedUntil until then it is paid for and cannot be ended; null where it ends at any hour
 * @param problem why it does not answer; null unless it failed
 */
public record HostedModel(
        RunId run,
        HostingWay way,
        int units,
        String reference,
        State state,
        Instant since,
        @Nullable Instant committedUntil,
        @Nullable Problem problem) {
    /** What it costs an hour, asked or not; empty where that is not known. */
    public Optional<Money> perHour() {
        return way.perHour(units);
    }

    /** States of a hosted model. */
    public enum State {
        /** It does not answer yet; it may be billed. */
        CREATING,
        /** It answers. */
        ACTIVE,
        /** It will not answer; it stays until it is ended. */
        FAILED
    }
}
