package dev.finetune4j.engine.journal;

import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.value.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a journal tells of the hosting of its run's model.
 *
 * @param asked the last order that was not ended, or null
 * @param seen what the place told of it last, or null where no answer is known
 * @param times how often the model was to be hosted so far
 */
public record HostingStory(
        JournalEntry.@Nullable HostAsked asked, @Nullable HostedModel seen, int times) {
    /** What a journal tells of it. */
    public static HostingStory of(JournalContent content) {
        JournalEntry.HostAsked asked = null;
        HostedModel seen = null;
        int times = 0;
        for (JournalEntry entry : content.entries().toList()) {
            if (entry instanceof JournalEntry.HostAsked order) {
                asked = order;
                seen = null;
                times = Math.max(times, order.order().time());
            } else if (entry instanceof JournalEntry.Hosted told) {
                seen = told.model();
            } else if (entry instanceof JournalEntry.HostingEnded) {
                asked = null;
                seen = null;
            }
        }
        return new HostingStory(asked, seen, times);
    }

    /** What was asked for and not ended, as the place told it last; empty where there is nothing. */
    Optional<HostedRun> lastSeen(RunId run) {
        return Optional.ofNullable(asked).map(order -> new HostedRun(run, order.place(), order.order(), seen, false));
    }

    /** The order to give now: the one whose answer is not known, if it is this one, so that the place knows it again; else a new one. */
    public HostingOrder next(RunId run, String way, int units) {
        HostingOrder before = asked == null || seen != null ? null : asked.order();
        boolean isSame = before != null && before.way().equals(way) && before.units() == units;
        return new HostingOrder(run, way, units, before != null && isSame ? before.time() : times + 1);
    }
}
