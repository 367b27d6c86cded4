package dev.finetune4j.aws.jumpstart;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The regions that have a hub, with the buckets of its files.
 *
 * @param source where that stands
 * @param regions what they have, by region
 */
record HubRegions(String source, Map<String, Place> regions) {
    private static final HubRegions SHIPPED = Json.resource(HubRegions.class, "regions.json", new TypeReference<>() {});

    static HubRegions shipped() {
        return SHIPPED;
    }

    /** What there is in a region; empty where there is no hub, as far as is known here. */
    Optional<Place> in(String region) {
        return Optional.ofNullable(regions.get(region));
    }

    /**
     * Place of Amazon's.
     *
     * @param content bucket that anybody may read
     * @param gated bucket that may be read once a licence is accepted, or null for none
     */
    record Place(String content, @Nullable String gated) {
        /** Its buckets. */
        List<String> buckets() {
            return gated == null ? List.of(content) : List.of(content, gated);
        }
    }
}
