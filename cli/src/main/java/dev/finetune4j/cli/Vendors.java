package dev.finetune4j.cli;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What the class path offers for the accounts of vendors.
 *
 * @param service what is offered
 * @param vendor whose accounts one of them knows
 */
record Vendors<T>(Class<T> service, Function<T, String> vendor) {
    /**
     * The one for a vendor.
     *
     * @param purpose what is to be done with the account, such as "be looked at"
     * @throws ParameterException if there is none
     */
    T find(String name, String purpose, CommandSpec spec) {
        List<T> all = ServiceLoader.load(service).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(vendor))
                .toList();
        return all.stream()
                .filter(one -> vendor.apply(one).equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "no account of " + name + " can " + purpose + ", only of "
                                + all.stream().map(vendor).collect(Collectors.joining(", "))));
    }
}
