package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.azure.price.AzurePriceProblems;
import dev.finetune4j.azure.price.RetailPrice;
import dev.finetune4j.azure.price.RetailPrices;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceSource;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a machine costs at Azure. Azure Machine Learning adds nothing to the price of the bare machine.
 *
 * @param currency of every amount
 * @param sources where the amounts stand
 * @param prices by machine and region
 */
public record MachinePrices(Currency currency, Map<String, PriceSource> sources, List<Rate> prices) {
    static final ProviderId AZURE_ML = new ProviderId("azure-ml");

    private static final String HOUR = "1 Hour";
    private static final String SPOT_TERMS = "spot";

    /** Failures in a row, from the first on, after which nobody is asked any more. */
    private static final int GIVE_UP = 3;

    private static final String SPOT = "Azure's Spot meter; Azure ML bills the Low Priority meter (";

    /**
     * One machine in one region.
     *
     * @param type Azure's name of it
     * @param region the region
     * @param perHour amount for one hour
     * @param date when
     * @param source a key of {@link #sources}
     * @param spot amount for one hour as a Spot machine, or null
     * @param spotDate when, or null
     * @param spotSource a key of {@link #sources}, or null
     */
    public record Rate(
            String type,
            String region,
            BigDecimal perHour,
            LocalDate date,
            String source,
            @Nullable BigDecimal spot,
            @Nullable LocalDate spotDate,
            @Nullable String spotSource) {}

    /** The table inside the product. */
    public static MachinePrices shipped() {
        return Json.resource(MachinePrices.class, "prices.json", new TypeReference<>() {});
    }

    /** Every machine of every region, held or of low priority. */
    public List<Offer> offers() {
        Map<String, MachineTable.Machine> machines = new TreeMap<>();
        MachineTable.shipped().machines().forEach(machine -> machines.put(machine.type(), machine));
        List<Offer> offers = new ArrayList<>();
        for (Rate rate : prices) {
            MachineTable.Machine machine = Objects.requireNonNull(machines.get(rate.type()), rate.type());
            PriceFact price =
                    source(rate.source()).read(new Money(rate.perHour(), currency), PriceUnit.HOUR, rate.date());
            offers.add(offer(machine, rate.region(), PurchaseTier.ON_DEMAND, price));
            // Another meter's price is a guess; what is billed at most is the price on demand.
            offers.add(offer(machine, rate.region(), PurchaseTier.LOW_PRIORITY, lowPriority(rate))
                    .atMost(price));
        }
        return offers;
    }

    private @Nullable PriceFact lowPriority(Rate rate) {
        if (rate.spot() == null || rate.spotDate() == null || rate.spotSource() == null) {
            return null;
        }
        String text = SPOT + source(rate.spotSource()).text() + ")";
        return new PriceFact(
                new Money(rate.spot(), currency), PriceUnit.HOUR, rate.spotDate(), text, PriceTrust.DOUBTFUL, true);
    }

    private PriceSource source(String key) {
        return Objects.requireNonNull(sources.get(key), key);
    }

    private static MachineOffer offer(
            MachineTable.Machine machine, String region, PurchaseTier tier, @Nullable PriceFact price) {
        return new MachineOffer(
                AZURE_ML,
                machine.type(),
                region,
                tier,
                machine.gpus(),
                machine.vcpus(),
                machine.memoryGib(),
                price,
                machine.note());
    }

    /**
     * Asks for today's prices, machine by machine.
     *
     * @param today receives prices by the id of their offer
     * @param problems receives, as warnings, which machines could not be had
     * @throws FineTuneException with FT0821 if not one machine could be had
     */
    public void ask(RetailPrices list, Map<String, PriceFact> today, List<Problem> problems) {
        Set<String> types = new TreeSet<>();
        prices.forEach(rate -> types.add(rate.type()));
        List<FineTuneException> failures = new ArrayList<>();
        for (String type : types) {
            try {
                ask(list, type, today, problems);
            } catch (FineTuneException e) {
                failures.add(e);
                if (failures.size() == GIVE_UP && today.isEmpty()) {
                    throw e; // nobody answers
                }
            }
        }
        failures.forEach(
                failure -> failure.problems().forEach(problem -> problems.add(problem.with(Severity.WARNING))));
    }

    private static void ask(RetailPrices list, String type, Map<String, PriceFact> today, List<Problem> problems) {
        // Meters of a machine by the offer that they price; several where a region has a second, dead one.
        Map<String, List<RetailPrice>> meters = new TreeMap<>();
        for (RetailPrice item : list.items(Map.of("serviceName", "Virtual Machines", "armSkuName", type))) {
            if (!item.productName().endsWith(" Windows") && item.unitOfMeasure().equals(HOUR)) {
                meters.computeIfAbsent(item.armRegionName() + "/" + type + "/" + terms(item), key -> new ArrayList<>())
                        .add(item);
            }
        }
        if (meters.isEmpty()) {
            problems.add(AzurePriceProblems.NOT_LISTED
                    .warning("the retail prices have no " + type)
                    .at(Location.of(type))
                    .build());
        }
        PriceSource source = new PriceSource("Azure Retail Prices API, Virtual Machines", PriceTrust.PUBLISHED);
        meters.forEach((place, items) -> {
            Set<BigDecimal> amounts = amounts(items);
            BigDecimal amount = amounts.iterator().next();
            if (amounts.size() > 1) {
                problems.add(AzurePriceProblems.NOT_LISTED
                        .warning("the retail prices have " + amounts.size() + " prices for " + place)
                        .because(amounts.toString())
                        .at(Location.of(place))
                        .build());
            } else if (amount.signum() > 0 && !place.endsWith(SPOT_TERMS)) {
                today.put(
                        AZURE_ML + "/" + place,
                        source.read(new Money(amount, Currency.getInstance("USD")), PriceUnit.HOUR, list.today()));
            }
        });
    }

    private static Set<BigDecimal> amounts(List<RetailPrice> items) {
        boolean hasPrimary = items.stream().anyMatch(RetailPrice::isPrimaryMeterRegion);
        Set<BigDecimal> amounts = new TreeSet<>();
        items.stream()
                .filter(item -> !hasPrimary || item.isPrimaryMeterRegion())
                .forEach(item -> amounts.add(item.retailPrice()));
        return amounts;
    }

    /** Spot and Low Priority are different meters; what has neither mark is held. */
    private static String terms(RetailPrice item) {
        if (item.skuName().endsWith(" Spot") || item.meterName().endsWith(" Spot")) {
            return SPOT_TERMS;
        }
        boolean isLow =
                item.skuName().endsWith(" Low Priority") || item.meterName().endsWith(" Low Priority");
        return isLow ? "low-priority" : "on-demand";
    }
}
