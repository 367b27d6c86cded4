package dev.finetune4j.engine.price;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the places sell, as it is known on this machine: the dated tables of all sources, renewed by the prices that were
 * fetched into {@code prices} of the home folder. Knows no place itself. Safe for use by several threads and processes.
 */
public final class Market {
    private final List<OfferSource> sources;
    private final ProviderContext context;

    /**
     * A market.
     *
     * @param sources who knows what is sold
     * @param context where fetched prices are kept, and what a source may use when it asks
     */
    public Market(List<OfferSource> sources, ProviderContext context) {
        this.sources =
                sources.stream().sorted(Comparator.comparing(OfferSource::name)).toList();
        this.context = context;
    }

    /** The market of every source on the class path. */
    public static Market open(ProviderContext context) {
        return new Market(
                ServiceLoader.load(OfferSource.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList(),
                context);
    }

    /** The names of its sources, sorted. */
    public List<String> sources() {
        return sources.stream().map(OfferSource::name).toList();
    }

    /** What the sources know of their places besides prices. Asks nobody. */
    public PlaceFacts facts() {
        return new PlaceFacts(
                sources.stream()
                        .flatMap(source -> source.withOwnModels().stream())
                        .collect(Collectors.toUnmodifiableSet()),
                sources.stream()
                        .flatMap(source -> source.equivalents().stream())
                        .toList(),
                sources.stream().flatMap(source -> source.startUps().stream()).toList());
    }

    /**
     * What every source knows now. Asks nobody.
     *
     * @param problems receives, as warnings, which fetched prices cannot be read
     */
    public List<SourceOffers> look(List<Problem> problems) {
        return sources.stream().map(source -> look(source, problems)).toList();
    }

    /**
     * Everything that is sold, source by source. Asks nobody.
     *
     * @param problems receives, as warnings, which fetched prices cannot be read
     */
    public List<Offer> offers(List<Problem> problems) {
        return look(problems).stream()
                .flatMap(source -> source.offers().stream())
                .toList();
    }

    private SourceOffers look(OfferSource source, List<Problem> problems) {
        FetchedPrices fetched = FetchedPrices.read(file(source), problems);
        List<Offer> offers = source.offers().stream()
                .map(offer -> newer(offer, fetched.prices().get(offer.id()), problems))
                .toList();
        return new SourceOffers(source.name(), fetched.fetchedAt(), bounded(offers));
    }

    /** What is billed at most is the price on demand, which may have been fetched since. */
    private static List<Offer> bounded(List<Offer> offers) {
        Map<String, PriceFact> prices = new HashMap<>();
        offers.forEach(offer -> offer.price().ifPresent(price -> prices.put(offer.id(), price)));
        return offers.stream()
                .map(offer -> {
                    if (!(offer instanceof MachineOffer machine) || machine.atMost() == null) {
                        return offer;
                    }
                    PriceFact onDemand = prices.get(machine.id(PurchaseTier.ON_DEMAND));
                    return onDemand == null ? machine : machine.atMost(onDemand);
                })
                .toList();
    }

    /** A version of finetune4j that is newer than what was fetched may know more; a file that was tampered with counts for nothing. */
    private static Offer newer(Offer offer, @Nullable PriceFact fetched, List<Problem> problems) {
        if (fetched == null
                || offer.price()
                        .filter(own -> own.date().isAfter(fetched.date()))
                        .isPresent()) {
            return offer;
        }
        Optional<Problem> refusal = refusal(offer, fetched);
        refusal.ifPresent(problems::add);
        return refusal.isPresent() ? offer : offer.at(fetched);
    }

    /** Why a price cannot be that of an offer; empty if it can. */
    private static Optional<Problem> refusal(Offer offer, PriceFact price) {
        try {
            offer.at(price);
        } catch (IllegalArgumentException e) { // it is for another unit, or zero
            return Optional.of(PriceProblems.NOT_BELIEVED
                    .warning("the fetched price of " + offer.name() + " is not believable")
                    .at(Location.of(offer.id()))
                    .because(Objects.requireNonNullElse(e.getMessage(), "it cannot be the price of this offer"))
                    .build());
        }
        return BelievablePrices.doubt(offer, price);
    }

    /**
     * Asks a source for today's prices and keeps what can be believed.
     *
     * @throws FineTuneException with FT0803 if there is no such source, or with the source's own problem if nothing could be had; then
     *     everything stays as it was
     */
    public Renewal refresh(String name) {
        OfferSource source = sources.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
        List<Problem> problems = new ArrayList<>();
        Map<String, PriceFact> prices = new HashMap<>(
                FetchedPrices.read(file(source), new ArrayList<>()).prices());
        List<Offer> known = look(source, new ArrayList<>()).offers();
        source.offers()
                .forEach(offer -> prices.computeIfPresent(
                        offer.id(), (id, price) -> refusal(offer, price).isPresent() ? null : price));
        Map<String, PriceFact> before = new HashMap<>();
        known.forEach(offer -> offer.price().ifPresent(price -> before.put(offer.id(), price)));

        OfferSource.Refreshed refreshed = refreshed(source, known);
        problems.addAll(refreshed.problems());
        int renewed = 0;
        int changed = 0;
        for (Offer offer : refreshed.offers()) {
            PriceFact price = offer.price().orElse(null);
            PriceFact old = before.get(offer.id());
            if (price == null || price.equals(old)) {
                continue;
            }
            Optional<Problem> doubt = BelievablePrices.doubt(offer, price);
            doubt.ifPresent(problems::add);
            if (doubt.isEmpty()) {
                prices.put(offer.id(), price);
                renewed++;
                changed += old != null && isSame(old, price) ? 0 : 1;
            }
        }
        if (renewed > 0) {
            new FetchedPrices(context.clock().instant(), prices).write(file(source));
        }
        return new Renewal(source.name(), known.size(), renewed, changed, problems);
    }

    /** Whoever reads of a failure asks which prices there are now. */
    private OfferSource.Refreshed refreshed(OfferSource source, List<Offer> known) {
        try {
            return source.refresh(context, known);
        } catch (FineTuneException e) {
            throw new FineTuneException(
                    e.problems().stream().map(Market::withoutLoss).toList(), e.getCause());
        }
    }

    private static Problem withoutLoss(Problem problem) {
        List<String> causes = new ArrayList<>(problem.causes());
        causes.add("the prices that were known before stay, with their dates");
        return problem.withCauses(causes);
    }

    private static boolean isSame(PriceFact old, PriceFact price) {
        return old.amount().amount().compareTo(price.amount().amount()) == 0
                && Objects.equals(old.amount().currency(), price.amount().currency());
    }

    private FineTuneException unknown(String name) {
        Problem.Builder problem = PriceProblems.UNKNOWN_SOURCE
                .error("no source of prices is called " + name)
                .at(Location.of(name))
                .because("there are: " + String.join(", ", sources()));
        Spelling.nearest(name, sources())
                .ifPresent(near ->
                        problem.because("did you mean " + near + "?").remedy("finetune prices refresh " + near));
        return problem.asException();
    }

    private Path file(OfferSource source) {
        return context.home().resolve("prices").resolve(source.name() + ".json");
    }
}
