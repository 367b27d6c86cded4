package dev.finetune4j.cli.view;

import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.TokenOffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints offers as CSV: one line an offer, quoted as RFC 4180 wants it, empty where nothing is known. */
public final class OffersCsv {
    private static final List<String> COLUMNS = List.of(
            "id",
            "target",
            "name",
            "region",
            "terms",
            "gpu",
            "gpus",
            "gpu_memory_gb",
            "vcpus",
            "memory_gib",
            "price",
            "currency",
            "unit",
            "hosting_per_hour",
            "date",
            "age_days",
            "old",
            "estimate",
            "trust",
            "source");

    private OffersCsv() {}

    /** Prints the names of the columns and every offer. */
    public static void print(Screen screen, List<PricedOffer> offers) {
        Csv.line(screen, COLUMNS);
        offers.forEach(priced -> Csv.line(screen, cells(priced)));
    }

    private static List<@Nullable Object> cells(PricedOffer priced) {
        Offer offer = priced.offer();
        MachineOffer machine = offer instanceof MachineOffer one ? one : null;
        TokenOffer service = offer instanceof TokenOffer one ? one : null;
        Gpus gpus = machine == null ? null : machine.gpus();
        PriceFact price = offer.price().orElse(null);
        PriceFact hosting = service == null ? null : service.rates().hosting();
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(offer.id());
        cells.add(offer.target());
        cells.add(offer.name());
        cells.add(offer.region());
        cells.add(service == null ? word(machine == null ? null : machine.tier()) : service.scope());
        cells.add(gpus == null ? null : gpus.name());
        cells.add(gpus == null ? null : gpus.count());
        cells.add(gpus == null ? null : gpus.memoryGb());
        cells.add(machine == null ? null : machine.vcpus());
        cells.add(machine == null ? null : machine.memoryGib());
        cells.add(price == null ? null : price.amount().amount().toPlainString());
        cells.add(price == null ? null : price.amount().currency());
        cells.add(price == null ? null : word(price.unit()));
        cells.add(hosting == null ? null : hosting.amount().amount().toPlainString());
        cells.add(price == null ? null : price.date());
        cells.add(priced.ageDays());
        cells.add(price == null ? null : priced.isOld());
        cells.add(price == null ? null : price.isEstimate());
        cells.add(price == null ? null : word(price.trust()));
        cells.add(price == null ? null : price.source());
        return cells;
    }

    private static @Nullable String word(@Nullable Enum<?> value) {
        return value == null ? null : value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
