package dev.finetune4j.cli;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What the class path offers for single vendors. Each question looks the class path through, which takes a while: only a command that is about
 * vendors, and its help, ask.
 *
 * @param service what is offered
 * @param vendor whose it is: a name, different for each of them
 */
record Vendors<T>(Class<T> service, Function<T, String> vendor) {
    /** All of them, in the order of their vendors' names. */
    List<T> all() {
        return ServiceLoader.load(service).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(vendor))
                .toList();
    }

    /** What each vendor's says, by the vendor's name. */
    SortedMap<String, String> saying(Function<T, String> what) {
        SortedMap<String, String> said = new TreeMap<>();
        all().forEach(one -> said.put(vendor.apply(one), what.apply(one)));
        return Collections.unmodifiableSortedMap(said);
    }

    /**
     * The one for a vendor.
     *
     * @param purpose what is to be done with the account, such as "be looked at"
     * @throws ParameterException if there is none
     */
    T find(String name, String purpose, CommandSpec spec) {
        List<T> all = all();
        return all.stream()
                .filter(one -> vendor.apply(one).equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "no account of " + name + " can " + purpose + ", only of "
                                + all.stream().map(vendor).collect(Collectors.joining(", "))));
    }
}
