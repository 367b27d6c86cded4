package dev.finetune4j.spi;

import dev.finetune4j.value.Checks;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * In which countries a vendor's regions are.
 *
 * @param source where that stands, for a person who wants to look
 * @param regions the vendor's names of its regions by country, ISO 3166-1 alpha-2
 */
public record RegionTable(String source, Map<String, List<String>> regions) {
    /** Copies the map; refuses a table without a source. */
    public RegionTable {
        Checks.notBlank("source", source);
        regions = Collections.unmodifiableMap(new TreeMap<>(regions));
    }

    /** The country of each region. */
    public Map<String, String> countries() {
        Map<String, String> countries = new TreeMap<>();
        regions.forEach((country, names) -> names.forEach(name -> countries.put(name, country)));
        return countries;
    }
}
