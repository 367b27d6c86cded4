package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a tuned model costs while it is held ready, whether it is asked or not.
 *
 * @param what what is paid for
 * @param perMonth a month of 730 hours, or null where it is not known
 * @param basis how that comes about, such as {@code 730 h x 1.212 USD}
 * @param region where, by the place's name of the region; null where an earlier version told it
 */
public record HostingCost(
        String what,
        @Nullable Money perMonth,
        String basis,
        @Nullable String region) {
    /** Refuses a cost of nothing. */
    public HostingCost {
        Checks.notBlank("what", what);
        Checks.notBlank("basis", basis);
    }

    /** What a service asks for keeping a tuned model, whether it is held ready or not, until it is deleted. */
    public static HostingCost kept(TokenOffer service) {
        PriceFact month = service.rates().storage();
        return new HostingCost(
                "kept by " + service.target() + ", asked or not",
                month == null ? null : month.amount(),
                month == null ? "the rate is not known" : month.source() + ", " + month.date(),
                service.region());
    }
}
