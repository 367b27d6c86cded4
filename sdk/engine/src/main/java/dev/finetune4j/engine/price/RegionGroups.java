package dev.finetune4j.engine.price;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.OfferSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Words for regions of all places together, such as {@code eu}: those that are in some countries, whatever each place calls them. In which
 * country a region is whoever sells there says.
 */
public final class RegionGroups {
    private final List<Group> groups;
    private final Map<String, String> countries;

    /**
     * Groups.
     *
     * @param countries the country of each region, ISO 3166-1 alpha-2
     */
    public RegionGroups(Map<String, String> countries) {
        this.groups = Json.resource(RegionGroups.class, "region-groups.json", new TypeReference<>() {});
        this.countries = Map.copyOf(countries);
    }

    /**
     * Regions that have one name.
     *
     * @param name the name, in lower case
     * @param of what it stands for, in words
     * @param countries the countries, ISO 3166-1 alpha-2
     * @param source who says that these are the countries
     */
    record Group(String name, String of, List<String> countries, String source) {
        /** Copies the list. */
        Group {
            countries = List.copyOf(countries);
        }
    }

    private static final class Known {
        static final RegionGroups GROUPS = new RegionGroups(ofSources());

        private static Map<String, String> ofSources() {
            Map<String, String> all = new HashMap<>();
            ServiceLoader.load(OfferSource.class).forEach(source -> all.putAll(source.countries()));
            return all;
        }
    }

    /** Those of every source on the class path. */
    public static RegionGroups known() {
        return Known.GROUPS;
    }

    /**
     * Whether a region is one of those that a word means: where the word names a group, one in its countries, and else one whose name begins
     * so. A region of which nobody says where it is belongs to no group.
     */
    public boolean isIn(String region, String word) {
        return group(word)
                .map(group -> group.countries().contains(countries.getOrDefault(region, "")))
                .orElseGet(() -> region.toLowerCase(Locale.ROOT).startsWith(word.toLowerCase(Locale.ROOT)));
    }

    /** The name of the group that a beginning of some place's names for it was meant for: {@code eu} where it is {@code eu-}. */
    public Optional<String> meant(String beginning) {
        String bare = beginning.endsWith("-") ? beginning.substring(0, beginning.length() - 1) : beginning;
        return group(bare).map(Group::name);
    }

    private Optional<Group> group(String word) {
        return groups.stream()
                .filter(group -> group.name().equalsIgnoreCase(word))
                .findFirst();
    }
}
