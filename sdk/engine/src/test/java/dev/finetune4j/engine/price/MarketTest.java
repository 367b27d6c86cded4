package dev.finetune4j.engine.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Severity;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarketTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);
    private static final LocalDate SUMMER = LocalDate.of(2026, 7, 20);

    private final Shop shop = new Shop();
    private final List<Problem> problems = new ArrayList<>();

    @TempDir
    Path home;

    @Test
    void knowsTheTableWithoutAskingAnybody() {
        shop.sells("small", 1, fact("1.5", SUMMER)).sells("large", 8, null);

        assertThat(price("small")).hasValue(fact("1.5", SUMMER));
        assertThat(price("large")).isEmpty();
        assertThat(market().look(problems).get(0).fetchedAt()).isNull();
        assertThat(problems).isEmpty();
    }

    @Test
    void keepsWhatItFetched() {
        shop.sells("small", 1, fact("1.5", SUMMER)).sells("large", 8, null).sells("same", 1, fact("2", SUMMER));
        shop.asks("small", "1.4").asks("large", "40").asks("same", "2.0");

        Renewal renewal = market().refresh("shop");

        assertThat(renewal).isEqualTo(new Renewal("shop", 3, 3, 2, List.of()));
        assertThat(price("small")).hasValue(fact("1.4", TODAY));
        assertThat(price("large")).hasValue(fact("40", TODAY));
        assertThat(market().look(problems).get(0).fetchedAt()).isNotNull();
    }

    @Test
    void aTableThatIsNewerThanWhatWasFetchedWins() {
        shop.sells("small", 1, fact("1.5", SUMMER)).asks("small", "1.4");
        market().refresh("shop");

        shop.offers.clear();
        shop.sells("small", 1, fact("1.3", TODAY.plusDays(30)));

        assertThat(price("small")).hasValue(fact("1.3", TODAY.plusDays(30)));
    }

    @Test
    void pricesThatCannotBeAreNotTakenOver() {
        PriceFact old = fact("16", SUMMER);
        shop.sells("cheap", 8, old).sells("dear", 1, old).sells("fits", 8, old).sells("edge", 1, old);
        shop.asks("cheap", "0.3").asks("dear", "501").asks("fits", "0.4").asks("edge", "500");

        Renewal renewal = market().refresh("shop");

        assertThat(renewal.renewed()).isEqualTo(2);
        assertThat(renewal.problems()).hasSize(2).allSatisfy(problem -> {
            assertThat(problem.code()).isEqualTo("FT0802");
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
        });
        assertThat(renewal.problems().get(0).causes())
                .containsExactly("0.0375 for a GPU hour; believed are 0.05 to 500");
        assertThat(price("cheap")).hasValue(old);
        assertThat(price("dear")).hasValue(old);
        assertThat(price("fits")).hasValue(fact("0.4", TODAY));
        assertThat(price("edge")).hasValue(fact("500", TODAY));
    }

    @Test
    void whatIsBilledAtMostFollowsTheFetchedPriceOnDemand() {
        PriceFact old = fact("1.5", SUMMER);
        shop.sells("small", 1, old).asks("small", "1.4");
        MachineOffer onDemand = (MachineOffer) shop.offers().get(0);
        shop.offers.add(new MachineOffer(
                onDemand.target(),
                "small",
                "north",
                PurchaseTier.SPOT,
                onDemand.gpus(),
                8,
                32,
                fact("0.5", SUMMER),
                old,
                "a guess"));
        market().refresh("shop");

        MachineOffer spot = (MachineOffer) market().offers(problems).get(1);

        assertThat(spot.billed()).hasValue(fact("1.4", TODAY));
        assertThat(onDemand.billed()).hasValue(old);
    }

    @Test
    void anAnswerWithoutPricesLeavesEverythingAsItWas() {
        shop.sells("small", 1, fact("1.5", SUMMER));

        assertThat(market().refresh("shop").renewed()).isZero();

        assertThat(home.resolve("prices/shop.json")).doesNotExist();
    }

    @Test
    void aSecondAnswerKeepsWhatOnlyTheFirstHad() {
        shop.sells("small", 1, fact("1.5", SUMMER)).sells("large", 8, fact("50", SUMMER));
        shop.asks("small", "1.4").asks("large", "40");
        market().refresh("shop");
        shop.today.clear();
        shop.asks("small", "1.2");

        market().refresh("shop");

        assertThat(price("small")).hasValue(fact("1.2", TODAY));
        assertThat(price("large")).hasValue(fact("40", TODAY));
    }

    @Test
    void aDamagedFileIsToldAndMendedByTheNextAnswer() throws IOException {
        shop.sells("small", 1, fact("1.5", SUMMER)).asks("small", "1.4");
        for (String damage :
                List.of("", "{", "[]", "{\"fetchedAt\":\"x\"}", "{\"prices\":{\"a\":{\"amount\":\"-1 USD\"}}}")) {
            Files.createDirectories(home.resolve("prices"));
            Files.writeString(home.resolve("prices/shop.json"), damage);
            problems.clear();

            assertThat(price("small")).as(damage).hasValue(fact("1.5", SUMMER));
            assertThat(problems).as(damage).extracting(Problem::code).containsOnly("FT0801");
            market().refresh("shop");
            problems.clear();
            assertThat(price("small")).as(damage).hasValue(fact("1.4", TODAY));
            assertThat(problems).isEmpty();
        }
    }

    /** A file that reads well and holds what no price can be. */
    @Test
    void aFileOfPricesThatCannotBeIsToldAndMendedByTheNextAnswer() throws IOException {
        shop.sells("small", 1, fact("1.5", SUMMER)).asks("small", "1.5");
        String good =
                "\"unit\":\"hour\",\"date\":\"2026-11-20\",\"source\":\"a list\",\"trust\":\"published\",\"isEstimate\":false}";
        for (String damage : List.of(
                "{\"amount\":\"0 USD\"," + good,
                "{\"amount\":\"0.01 USD\"," + good,
                "{\"amount\":\"700 USD\"," + good,
                "{\"amount\":\"1 USD\"," + good.replace("hour", "million-tokens"))) {
            Files.createDirectories(home.resolve("prices"));
            Files.writeString(
                    home.resolve("prices/shop.json"),
                    "{\"prices\":{\"somewhere/north/small/on-demand\":" + damage + "}}");
            problems.clear();

            assertThat(price("small")).as(damage).hasValue(fact("1.5", SUMMER));
            assertThat(problems).as(damage).extracting(Problem::code).containsOnly("FT0802");
            market().refresh("shop");
            problems.clear();
            assertThat(price("small")).as(damage).hasValue(fact("1.5", TODAY));
            assertThat(problems).isEmpty();
        }
    }

    @Test
    void aSourceThatDoesNotAnswerChangesNothing() {
        shop.sells("small", 1, fact("1.5", SUMMER)).isShut = true;

        assertThatThrownBy(() -> market().refresh("shop")).isInstanceOf(FineTuneException.class);

        assertThat(price("small")).hasValue(fact("1.5", SUMMER));
    }

    @Test
    void namesTheSourceThatWasMeant() {
        assertThatThrownBy(() -> market().refresh("shpo"))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0803");
                            assertThat(problem.causes()).contains("did you mean shop?");
                        }));
    }

    @Test
    void aPriceIsOldAfterNinetyDays() {
        assertThat(PriceAge.of(fact("1", TODAY.minusDays(90)), TODAY).isOld()).isFalse();
        assertThat(PriceAge.of(fact("1", TODAY.minusDays(91)), TODAY).isOld()).isTrue();
        assertThat(PriceAge.of(fact("1", TODAY.plusDays(1)), TODAY).days()).isZero();
    }

    private Market market() {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
        return new Market(List.of(shop), new ProviderContext(home, Map.of(), clock));
    }

    private Optional<PriceFact> price(String name) {
        return market().offers(problems).stream()
                .filter(offer -> offer.name().equals(name))
                .findFirst()
                .orElseThrow()
                .price();
    }

    private static PriceFact fact(String amount, LocalDate date) {
        return new PriceFact(Money.parse(amount + " USD"), PriceUnit.HOUR, date, "a list", PriceTrust.PUBLISHED, false);
    }

    /** Sells what a test says, at prices of today that a test says. */
    private static final class Shop implements OfferSource {
        private final List<Offer> offers = new ArrayList<>();
        private final Map<String, PriceFact> today = new HashMap<>();
        private boolean isShut;

        Shop sells(String type, int gpus, @Nullable PriceFact price) {
            offers.add(new MachineOffer(
                    new ProviderId("somewhere"),
                    type,
                    "north",
                    PurchaseTier.ON_DEMAND,
                    new Gpus("A10G", gpus, 24),
                    8,
                    32,
                    price,
                    null));
            return this;
        }

        Shop asks(String type, String amount) {
            today.put(type, fact(amount, TODAY));
            return this;
        }

        @Override
        public String name() {
            return "shop";
        }

        @Override
        public String needs() {
            return "nothing";
        }

        @Override
        public List<Offer> offers() {
            return List.copyOf(offers);
        }

        @Override
        public List<Equivalent> equivalents() {
            return List.of();
        }

        @Override
        public Refreshed refresh(ProviderContext context, List<Offer> known) {
            if (isShut) {
                throw new ProblemKind("FT0999", "shut", ExitCode.CAPACITY, "It is shut.", "wait")
                        .error("the shop is shut")
                        .asException();
            }
            return new Refreshed(
                    known.stream()
                            .map(offer -> today.containsKey(offer.name()) ? offer.at(today.get(offer.name())) : offer)
                            .toList(),
                    List.of());
        }
    }
}
