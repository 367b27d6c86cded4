package dev.finetune4j.azure.ml;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A size of Azure's machines.
 *
 * @param name such as {@code Standard_NC24ads_A100_v4}
 */
record MachineSize(String name) {
    private static final Pattern FORM = Pattern.compile("Standard_[A-Za-z0-9_]+");
    private static final Pattern ACCELERATED = Pattern.compile("Standard_N.*");

    /** Whether a size can be called so. */
    boolean isSize() {
        return FORM.matcher(name).matches();
    }

    /** Whether it has GPUs: those of family N have. */
    boolean hasGpu() {
        return ACCELERATED.matcher(name).matches();
    }

    /** Read once, when somebody first asks. */
    private static final class Shops {
        private static final Map<String, Set<String>> REGIONS = MachinePrices.shipped().prices().stream()
                .collect(Collectors.groupingBy(
                        MachinePrices.Rate::type,
                        Collectors.mapping(
                                MachinePrices.Rate::region,
                                Collectors.collectingAndThen(
                                        Collectors.toCollection(TreeSet::new), Collections::unmodifiableSet))));
    }

    /** Whether prices of a region are known at all: those of a few are, of no cloud but the public one. */
    static boolean areKnownIn(String region) {
        return Shops.REGIONS.values().stream().anyMatch(regions -> regions.contains(region));
    }

    /** Where it is sold, as far as prices are known; empty where the size is not known. */
    Set<String> regions() {
        return Shops.REGIONS.getOrDefault(name, Set.of());
    }
}
