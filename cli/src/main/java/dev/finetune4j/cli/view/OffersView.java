package dev.finetune4j.cli.view;

import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.TokenOffer;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Prints offers: machines and services each in a table, with the regions of one price in one row. */
public final class OffersView {
    private static final int SHOWN = 12;
    private static final int DECIMALS = 4;

    /** What goes without saying. */
    private static final Set<String> USUAL_TERMS = Set.of("on-demand", "regional");

    private final Screen screen;

    /** Prints results to {@code screen}. */
    public OffersView(Screen screen) {
        this.screen = screen;
    }

    /** Prints the cheapest region of the first offers of each kind, or every region of all, in their order. */
    public void print(List<PricedOffer> offers, boolean all) {
        if (offers.isEmpty()) {
            screen.line("no offer is like that; what there is, the cheapest first: finetune offers");
            return;
        }
        List<List<PricedOffer>> machines = grouped(offers, MachineOffer.class, all);
        List<List<PricedOffer>> services = grouped(offers, TokenOffer.class, all);
        if (!machines.isEmpty()) {
            machines(first(machines, all));
        }
        if (!machines.isEmpty() && !services.isEmpty()) {
            screen.line("");
        }
        if (!services.isEmpty()) {
            services(first(services, all));
        }
        footer(offers, all);
    }

    /** Offers that differ in nothing but their region; where all are to be seen, not in their price either. */
    private static List<List<PricedOffer>> grouped(
            List<PricedOffer> offers, Class<? extends Offer> kind, boolean byPrice) {
        Map<List<Object>, List<PricedOffer>> groups = new LinkedHashMap<>();
        for (PricedOffer priced : offers) {
            Offer offer = priced.offer();
            if (kind.isInstance(offer)) {
                List<Object> alike = new ArrayList<>(List.of(offer.target(), offer.name(), terms(offer)));
                if (byPrice) {
                    alike.add(List.of(amount(offer.price()), note(priced)));
                }
                groups.computeIfAbsent(alike, key -> new ArrayList<>()).add(priced);
            }
        }
        groups.values().forEach(group -> group.sort(Comparator.comparing(PricedOffer::offer, Offer.CHEAPEST_FIRST)));
        return List.copyOf(groups.values());
    }

    private static List<List<PricedOffer>> first(List<List<PricedOffer>> groups, boolean all) {
        return all ? groups : groups.stream().limit(SHOWN).toList();
    }

    private void machines(List<List<PricedOffer>> groups) {
        Table table = new Table()
                .id("TARGET")
                .id("MACHINE")
                .id("GPUS")
                .text("REGION")
                .number("USD/H")
                .text("NOTE");
        for (List<PricedOffer> group : groups) {
            MachineOffer machine = (MachineOffer) group.get(0).offer();
            table.row(
                    machine.target().value(),
                    machine.instanceType(),
                    machine.accelerators()
                            .map(gpus -> gpus.count() + "x " + gpus.name())
                            .orElse("-"),
                    regions(group),
                    amount(machine.price()),
                    note(group.get(0)));
        }
        table.print(screen);
    }

    private void services(List<List<PricedOffer>> groups) {
        Table table = new Table()
                .id("TARGET")
                .id("MODEL")
                .text("REGION")
                .number("USD/1M")
                .text("NOTE");
        for (List<PricedOffer> group : groups) {
            Offer service = group.get(0).offer();
            table.row(
                    service.target().value(),
                    service.name(),
                    regions(group),
                    amount(service.price()),
                    note(group.get(0)));
        }
        table.print(screen);
    }

    private static String regions(List<PricedOffer> group) {
        String first = group.get(0).offer().region();
        return group.size() == 1 ? first : first + " +" + (group.size() - 1);
    }

    private static String amount(Optional<PriceFact> price) {
        return price.map(fact -> fact.amount().amount().setScale(DECIMALS, RoundingMode.HALF_UP))
                .map(amount -> amount.stripTrailingZeros().toPlainString())
                .orElse("?");
    }

    private static String note(PricedOffer priced) {
        List<String> notes = new ArrayList<>();
        String terms = terms(priced.offer());
        if (!USUAL_TERMS.contains(terms)) {
            notes.add(terms);
        }
        if (priced.offer()
                        .price()
                        .map(PriceFact::unit)
                        .filter(PriceUnit.HOUR::equals)
                        .isPresent()
                && priced.offer() instanceof TokenOffer) {
            notes.add("per hour");
        }
        if (priced.offer().price().filter(PriceFact::isEstimate).isPresent()) {
            notes.add("est.");
        }
        if (priced.isOld()) {
            notes.add("old");
        }
        return String.join(" ", notes);
    }

    private static String terms(Offer offer) {
        return offer instanceof TokenOffer service
                ? service.scope()
                : switch (((MachineOffer) offer).tier()) {
                    case ON_DEMAND -> "on-demand";
                    case SPOT -> "spot";
                    case LOW_PRIORITY -> "low-prio";
                };
    }

    private void footer(List<PricedOffer> offers, boolean all) {
        List<LocalDate> days = offers.stream()
                .flatMap(priced -> priced.offer().price().stream())
                .map(PriceFact::date)
                .sorted()
                .toList();
        String legend =
                "USD/H: one machine for an hour. USD/1M: a million training tokens, each epoch counted. +N: more regions"
                        + (all ? " at this price." : ", none cheaper.")
                        + " ?: not known. est.: derived from another price. old: more than "
                        + PriceAge.OLD_AFTER_DAYS + " days."
                        + (days.isEmpty() ? "" : " Prices of " + days.get(0) + " to " + days.get(days.size() - 1) + ".")
                        + (all ? "" : " --all shows every offer.");
        Wrap.lines(legend, screen.columns()).forEach(line -> screen.line(screen.paint(Tone.FAINT, line)));
    }
}
