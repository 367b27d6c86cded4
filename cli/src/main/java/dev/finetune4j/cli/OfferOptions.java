package dev.finetune4j.cli;

import dev.finetune4j.engine.price.GpuSpec;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.RegionGroups;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which offers are wanted, as options of a command. */
final class OfferOptions {
    static final String NO_GPU = "none";

    private static final int LISTED = 20;
    private static final int NEAREST = 3;

    @Option(
            names = "--target",
            paramLabel = "ID",
            split = ",",
            description = "Only these places, by the ids that targets in a job file have.")
    List<String> targets = new ArrayList<>();

    @Option(
            names = "--region",
            paramLabel = "REGION",
            split = ",",
            description = "Only regions that begin so, such as us-east-1 or eu-; eu and us mean those in the"
                    + " European Union and in the United States, whatever they are called.")
    List<String> regions = new ArrayList<>();

    @Option(
            names = "--gpu",
            paramLabel = "GPU",
            description =
                    "Only machines whose GPU begins so, such as A10G or H100; L4 is not L40S. Or by memory of each,"
                            + " such as 24GB.. or 40GB..80GB, by how many the machine has, used or not, such as 2 or"
                            + " 1..8, or by all: A100,H100:40GB:2.. Said again, either will do. Of offers also none.")
    List<String> gpus = new ArrayList<>();

    @Option(
            names = "--spot",
            paramLabel = "WHEN",
            defaultValue = "never",
            description = "never, allow or only: machines that can be taken away (default: never).")
    OfferFilter.Spot spot = OfferFilter.Spot.NEVER;

    /**
     * The filter of a job that is planned, which may also stay on this machine.
     *
     * @throws ParameterException as {@link #filter}, and for machines without a GPU, of which none is planned
     */
    OfferFilter ofJob(List<Offer> market, CommandSpec spec) {
        if (gpus.contains(NO_GPU)) {
            throw new ParameterException(
                    spec.commandLine(), "--gpu none: only this machine is planned without a GPU; try --target local");
        }
        return filter(market, Set.of(ProviderId.LOCAL.value()), null, spec);
    }

    /**
     * The filter that the options describe.
     *
     * @param market everything that is sold
     * @param alsoTargets places that sell nothing and may be named all the same
     * @throws ParameterException if a place, a region or a GPU is asked for that nobody has, or what is said of GPUs cannot be read
     */
    OfferFilter filter(List<Offer> market, Set<String> alsoTargets, @Nullable BigDecimal maxPrice, CommandSpec spec) {
        Set<String> places =
                market.stream().map(offer -> offer.target().value()).collect(Collectors.toCollection(TreeSet::new));
        places.addAll(alsoTargets);
        List<Gpus> sold = market.stream()
                .filter(MachineOffer.class::isInstance)
                .flatMap(offer -> ((MachineOffer) offer).accelerators().stream())
                .distinct()
                .toList();
        targets.forEach(target -> refuseUnknown("place", target, places, spec));
        Set<String> everyRegion = market.stream().map(Offer::region).collect(Collectors.toCollection(TreeSet::new));
        regions.forEach(region -> refuseUnknownRegion(region, everyRegion, spec));
        List<GpuSpec> wanted = gpus.stream()
                .filter(gpu -> !gpu.equals(NO_GPU))
                .map(gpu -> wanted(gpu, sold, spec))
                .toList();
        return new OfferFilter(targets.stream().map(ProviderId::parse).toList(), regions, wanted, spot, maxPrice);
    }

    private static GpuSpec wanted(String word, List<Gpus> sold, CommandSpec spec) {
        GpuSpec said = parsed(word, spec);
        Set<String> models = sold.stream().map(Gpus::name).collect(Collectors.toCollection(TreeSet::new));
        List<String> names = said.names().stream()
                .flatMap(name -> meant(name, models).stream())
                .toList();
        names.stream()
                .filter(name -> models.stream().noneMatch(model -> GpuSpec.isNamed(model, name)))
                .forEach(name -> refuseUnknown("GPU", name, models, spec));
        GpuSpec wanted = said.named(names);
        if (sold.stream().noneMatch(wanted)) {
            throw new ParameterException(
                    spec.commandLine(), "no offer has GPUs like " + wanted + instead(wanted, sold));
        }
        return wanted;
    }

    private static GpuSpec parsed(String word, CommandSpec spec) {
        try {
            return GpuSpec.parse(word);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--gpu: " + e.getMessage() + "; try --gpu " + GpuSpec.EXAMPLE, e);
        }
    }

    /** What there is of the name: all sizes, and the smallest machine, of the memory that was asked for if there is one. */
    private static String instead(GpuSpec wanted, List<Gpus> sold) {
        List<Gpus> named = sold.stream().filter(wanted::hasName).toList();
        return named.stream()
                .min(Comparator.comparing((Gpus gpus) -> !wanted.memoryGb().holds(gpus.memoryGb()))
                        .thenComparing(Gpus::count)
                        .thenComparing(Gpus::name))
                .map(gpus -> "; there are some of " + distinct(named, Gpus::memoryGb) + " GB, and "
                        + distinct(named, Gpus::count) + " in a machine; try --gpu " + gpus.name() + ":"
                        + gpus.memoryGb() + "GB:" + gpus.count())
                .orElse("");
    }

    private static String distinct(List<Gpus> all, ToIntFunction<Gpus> size) {
        return all.stream()
                .mapToInt(size)
                .distinct()
                .sorted()
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
    }

    /** A word that no GPU has whole means those that begin so: MI300 an MI300X, L40 an L40S. */
    private static List<String> meant(String gpu, Set<String> models) {
        List<String> longer = models.stream()
                .filter(model -> model.regionMatches(true, 0, gpu, 0, gpu.length()))
                .toList();
        boolean isWhole = longer.stream().anyMatch(model -> GpuSpec.isNamed(model, gpu));
        return isWhole || longer.isEmpty() ? List.of(gpu) : longer;
    }

    private static void refuseUnknownRegion(String word, Set<String> known, CommandSpec spec) {
        if (known.stream().noneMatch(one -> RegionGroups.known().isIn(one, word))) {
            refuseUnknown("region", word, known, spec);
        }
    }

    private static void refuseUnknown(String kind, String word, Set<String> known, CommandSpec spec) {
        if (known.contains(word)) {
            return;
        }
        String meant = Spelling.nearest(word, known)
                .map(near -> "; did you mean " + near + "?")
                .orElseGet(() -> "; there are " + listed(word, known));
        throw new ParameterException(spec.commandLine(), "no offer has the " + kind + " " + word + meant);
    }

    /** All of a few; of more, those that are spelled most alike. */
    private static String listed(String word, Set<String> known) {
        return known.size() <= LISTED
                ? String.join(", ", known)
                : String.join(", ", Spelling.nearest(word, known, NEAREST)) + " and " + (known.size() - NEAREST)
                        + " others, which \"finetune offers --all\" shows";
    }
}
