package dev.finetune4j.azure.ml;

import dev.finetune4j.plan.MachineOffer;
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

    /** Where it is sold, as far as prices are known; empty where the size is not known. */
    Set<String> regions() {
        return MachinePrices.shipped().offers().stream()
                .map(MachineOffer.class::cast)
                .filter(offer -> offer.instanceType().equals(name))
                .map(MachineOffer::region)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
