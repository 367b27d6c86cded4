package dev.finetune4j.aws.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.aws.price.AwsPriceProblems;
import dev.finetune4j.aws.price.PriceList;
import dev.finetune4j.aws.price.PriceListProduct;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What SageMaker Training asks by the hour. JumpStart trains on the same machines at the same price, but on none that
 * may be taken back, since its scripts go on from no checkpoint.
 *
 * @param currency of every amount
 * @param sources where the amounts stand
 * @param training prices of SageMaker Training itself
 * @param ec2 prices of the bare machines, from which missing ones are estimated
 * @param ec2Spot what the bare machines cost while others leave them
 */
public record SageMakerPrices(
        Currency currency, Map<String, PriceSource> sources, List<Rate> training, List<Rate> ec2, List<Rate> ec2Spot) {
    static final ProviderId SAGEMAKER = new ProviderId("sagemaker");
    static final ProviderId JUMPSTART = new ProviderId("jumpstart");

    private static final String SERVICE = "AmazonSageMaker";
    private static final String PREFIX = "ml.";
    private static final String SPOT_NOTE = "the bill shrinks the billable time instead: no price is known ahead";

    /**
     * One machine in one region.
     *
     * @param type EC2's name of it
     * @param region the region
     * @param perHour amount for one hour
     * @param date when
     * @param source a key of {@link #sources}
     */
    public record Rate(String type, String region, BigDecimal perHour, LocalDate date, String source) {}

    /** The table inside the product. */
    public static SageMakerPrices shipped() {
        return Json.resource(SageMakerPrices.class, "prices.json", new TypeReference<>() {});
    }

    /** Every machine of every region where a price of it, or of the bare machine, was seen. */
    public List<Offer> offers() {
        Map<String, Rate> trainingAt = byPlace(training);
        Map<String, Rate> ec2At = byPlace(ec2);
        Map<String, Rate> spotAt = byPlace(ec2Spot);
        List<Offer> offers = new ArrayList<>();
        for (MachineTable.Machine machine : MachineTable.shipped().machines()) {
            for (String region : regions()) {
                String place = machine.type() + "@" + region;
                Rate own = trainingAt.get(place);
                Rate bare = ec2At.get(place);
                if (own == null && bare == null) {
                    continue;
                }
                PriceFact price = own != null ? read(own) : estimate(Objects.requireNonNull(bare), "on-demand");
                Rate bareSpot = spotAt.get(place);
                PriceFact spot = bareSpot == null ? null : estimate(bareSpot, "spot");
                offers.add(offer(SAGEMAKER, machine, region, PurchaseTier.ON_DEMAND, price));
                if (machine.gpus() != null) {
                    MachineOffer reclaimable = offer(SAGEMAKER, machine, region, PurchaseTier.SPOT, spot);
                    offers.add(price == null ? reclaimable : reclaimable.atMost(price));
                    offers.add(offer(JUMPSTART, machine, region, PurchaseTier.ON_DEMAND, price));
                }
            }
        }
        return offers;
    }

    private static Map<String, Rate> byPlace(List<Rate> rates) {
        Map<String, Rate> byPlace = new TreeMap<>();
        rates.forEach(rate -> byPlace.put(rate.type() + "@" + rate.region(), rate));
        return byPlace;
    }

    private Set<String> regions() {
        Set<String> regions = new TreeSet<>();
        Stream.of(training, ec2).flatMap(List::stream).map(Rate::region).forEach(regions::add);
        return regions;
    }

    private static MachineOffer offer(
            ProviderId target,
            MachineTable.Machine machine,
            String region,
            PurchaseTier tier,
            @Nullable PriceFact price) {
        return new MachineOffer(
                target,
                PREFIX + machine.type(),
                region,
                tier,
                machine.gpus(),
                machine.vcpus(),
                machine.memoryGib(),
                price,
                tier == PurchaseTier.SPOT ? SPOT_NOTE : null);
    }

    private PriceFact read(Rate rate) {
        return source(rate).read(new Money(rate.perHour(), currency), PriceUnit.HOUR, rate.date());
    }

    private @Nullable PriceFact estimate(Rate bare, String terms) {
        BigDecimal ratio = SageMakerMarkup.of(bare.type()).orElse(null);
        if (ratio == null) {
            return null;
        }
        BigDecimal amount = bare.perHour().multiply(ratio).stripTrailingZeros();
        String text = "EC2 " + terms + " " + bare.perHour() + " x " + ratio + " ("
                + source(bare).text() + ")";
        boolean isHint = terms.equals("spot"); // EC2's spot market is not SageMaker's
        PriceTrust trust = isHint ? PriceTrust.DOUBTFUL : PriceTrust.INDIRECT;
        return new PriceFact(new Money(amount, currency), PriceUnit.HOUR, bare.date(), text, trust, true);
    }

    private PriceSource source(Rate rate) {
        return Objects.requireNonNull(sources.get(rate.source()), rate.source());
    }

    /**
     * Asks for today's prices of Training, region by region.
     *
     * @param today receives prices by the id of their offer
     * @param problems receives, as warnings, which regions could not be had
     * @throws FineTuneException with FT0811 if the credentials will not do, FT0812 if not one region could be had
     */
    public void ask(PriceList list, Map<String, PriceFact> today, List<Problem> problems) {
        List<FineTuneException> failures = new ArrayList<>();
        for (String region : regions()) {
            try {
                ask(list, region, today, problems);
            } catch (FineTuneException e) {
                if (e.problems().get(0).retry().equals(Retry.NEVER)) {
                    throw e; // the next region would be refused, too
                }
                failures.add(e);
            }
        }
        if (failures.size() == regions().size()) {
            throw failures.get(0);
        }
        failures.forEach(
                failure -> failure.problems().forEach(problem -> problems.add(problem.with(Severity.WARNING))));
    }

    private static void ask(PriceList list, String region, Map<String, PriceFact> today, List<Problem> problems) {
        Map<String, Set<BigDecimal>> amounts = new TreeMap<>();
        for (PriceListProduct product : list.products(SERVICE, Map.of("regionCode", region, "component", "Training"))) {
            if (product.attribute("locationType").equals("AWS Outposts")) {
                continue;
            }
            product.onDemand().stream()
                    .filter(rate -> rate.unit().equals("Hrs"))
                    .forEach(rate -> amounts.computeIfAbsent(type(product), type -> new TreeSet<>())
                            .add(rate.amount()));
        }
        if (amounts.isEmpty()) {
            problems.add(AwsPriceProblems.NOT_LISTED
                    .warning("the price list has no machine of SageMaker Training in " + region)
                    .at(Location.of(region))
                    .build());
        }
        PriceSource source =
                new PriceSource("AWS Price List API, AmazonSageMaker, component Training", PriceTrust.PUBLISHED);
        amounts.forEach((type, found) -> {
            BigDecimal amount = found.iterator().next();
            if (found.size() > 1) {
                problems.add(AwsPriceProblems.NOT_LISTED
                        .warning("the price list has " + found.size() + " prices for " + type + " in " + region)
                        .because(found.toString())
                        .at(Location.of(region))
                        .build());
            } else if (amount.signum() > 0) {
                PriceFact fact =
                        source.read(new Money(amount, Currency.getInstance("USD")), PriceUnit.HOUR, list.today());
                today.put(SAGEMAKER + "/" + region + "/" + type + "/on-demand", fact);
                today.put(JUMPSTART + "/" + region + "/" + type + "/on-demand", fact);
            }
        });
    }

    /** Some products carry no name but in their usage type, after the colon. */
    private static String type(PriceListProduct product) {
        String name = product.attribute("instanceName");
        String usage = product.attribute("usagetype");
        return name.startsWith(PREFIX) ? name : usage.substring(usage.indexOf(':') + 1);
    }
}
