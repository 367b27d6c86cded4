package dev.finetune4j.cli.view;

import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.engine.price.SourceOffers;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How well the prices of one place are known.
 *
 * @param target the place
 * @param source where its prices come from
 * @param fetchedAt when that was asked last, or null if never
 * @param offers how many offers there are
 * @param priced how many of them have a price
 * @param estimated how many of the prices were derived from others
 * @param old how many of the prices are old
 * @param oldest day of the oldest price, or null
 * @param newest day of the newest price, or null
 */
public record TargetPrices(
        ProviderId target,
        String source,
        @Nullable Instant fetchedAt,
        long offers,
        long priced,
        long estimated,
        long old,
        @Nullable LocalDate oldest,
        @Nullable LocalDate newest) {
    /** The places of all sources, as they are on a day. */
    public static List<TargetPrices> of(List<SourceOffers> sources, LocalDate today) {
        List<TargetPrices> all = new ArrayList<>();
        for (SourceOffers source : sources) {
            Map<ProviderId, List<Offer>> byTarget = new LinkedHashMap<>();
            source.offers()
                    .forEach(offer -> byTarget.computeIfAbsent(offer.target(), target -> new ArrayList<>())
                            .add(offer));
            byTarget.forEach((target, offers) -> all.add(of(target, source, offers, today)));
        }
        return all;
    }

    private static TargetPrices of(ProviderId target, SourceOffers source, List<Offer> offers, LocalDate today) {
        List<PriceFact> prices =
                offers.stream().flatMap(offer -> offer.price().stream()).toList();
        return new TargetPrices(
                target,
                source.source(),
                source.fetchedAt(),
                offers.size(),
                prices.size(),
                prices.stream().filter(PriceFact::isEstimate).count(),
                prices.stream()
                        .filter(price -> PriceAge.of(price, today).isOld())
                        .count(),
                prices.stream().map(PriceFact::date).min(LocalDate::compareTo).orElse(null),
                prices.stream().map(PriceFact::date).max(LocalDate::compareTo).orElse(null));
    }
}
