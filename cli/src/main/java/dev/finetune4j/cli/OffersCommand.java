package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.OffersCsv;
import dev.finetune4j.cli.view.OffersView;
import dev.finetune4j.cli.view.PricedOffer;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists what the places sell. */
@Command(
        name = "offers",
        mixinStandardHelpOptions = true,
        description = {
            "Lists machines and tuning services with their prices, cheapest first.",
            "Asks nobody: prices are those that \"finetune prices\" shows."
        },
        footer = {
            "",
            "Example:",
            "  finetune offers --gpu A100 --region eu --max-price \"5 USD\"",
            "  finetune offers --gpu 40GB..80GB:4.. --sort gpu",
            "  finetune offers --spot only -o csv"
        })
final class OffersCommand implements Callable<Integer> {
    /** What a list is sorted by. */
    enum Order {
        /** The whole machine for an hour, or a million training tokens. */
        PRICE,
        /** One GPU for an hour. */
        GPU,
        /** Place, name, region. */
        NAME;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Surroundings surroundings;

    @Mixin
    OfferOptions wanted = new OfferOptions();

    @Option(
            names = "--max-price",
            paramLabel = "MONEY",
            description = "Most for an hour, or for a million training tokens, such as \"5 USD\".")
    @Nullable
    String maxPrice;

    @Option(
            names = "--sort",
            paramLabel = "BY",
            defaultValue = "price",
            description = "price, gpu (the price of one) or name (default: price). What has no price comes last.")
    Order order = Order.PRICE;

    @Option(
            names = {"-a", "--all"},
            description = "Every offer, not just the first of each kind.")
    boolean all;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or csv (default: table).")
    ListFormat format = ListFormat.TABLE;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    OffersCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        @Nullable BigDecimal most = most();
        List<Problem> problems = new ArrayList<>();
        List<Offer> market = Market.open(surroundings.providerContext()).offers(problems);
        OfferFilter filter = wanted.filter(market, Set.of(), most, spec);
        List<PricedOffer> offers = market.stream()
                .filter(filter.and(this::hasWhatTrains))
                .sorted(comparator())
                .map(offer -> PricedOffer.of(offer, surroundings.today()))
                .toList();
        try (MessageView messages = surroundings.messages(format.messages())) {
            messages.problems(problems);
        }
        switch (format) {
            case TABLE -> new OffersView(surroundings.screen()).print(offers, all);
            case JSON -> surroundings.screen().line(Json.pretty(Map.of("offers", offers)));
            case CSV -> OffersCsv.print(surroundings.screen(), offers);
        }
        return ExitCode.OK.number();
    }

    private @Nullable BigDecimal most() {
        try {
            return maxPrice == null ? null : MoneyText.dollars(maxPrice).amount();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--max-price: " + e.getMessage(), e);
        }
    }

    /** Machines without GPUs are the cheapest and train nothing but the smallest models: shown to who asks for them. */
    private boolean hasWhatTrains(Offer offer) {
        boolean lacksGpus =
                offer instanceof MachineOffer machine && machine.accelerators().isEmpty();
        return wanted.gpus.contains(OfferOptions.NO_GPU) ? lacksGpus : !lacksGpus;
    }

    private Comparator<Offer> comparator() {
        Comparator<Offer> byName = Comparator.comparing(
                        (Offer offer) -> offer.target().value())
                .thenComparing(Offer::name)
                .thenComparing(Offer::region)
                .thenComparing(Offer::id);
        return switch (order) {
            case PRICE -> Offer.CHEAPEST_FIRST.thenComparing(byName);
            case GPU ->
                Comparator.comparing(
                                OffersCommand::gpuPrice, Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()))
                        .thenComparing(byName);
            case NAME -> byName;
        };
    }

    private static @Nullable BigDecimal gpuPrice(Offer offer) {
        int gpus = offer instanceof MachineOffer machine
                ? machine.accelerators().map(Gpus::count).orElse(0)
                : 0;
        return gpus == 0
                ? null
                : offer.price()
                        .map(price -> price.amount().amount().divide(BigDecimal.valueOf(gpus), MathContext.DECIMAL64))
                        .orElse(null);
    }
}
