package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param elements those on it
 * @param next the token of the next page, empty if this is the last one
 */
record ListPage<T>(List<T> elements, String next) {
    private static final int ELEMENTS = 10;

    /**
     * The page that a request asks for.
     *
     * @param found all elements
     * @param place where an element stands
     */
    static <T> ListPage<T> of(Collection<T> found, Function<T, Place> place, boolean isDescending, JsonNode request)
            throws ServiceError {
        String token = request.path("NextToken").asText();
        Optional<Place> after = Place.read(token);
        if (request.has("NextToken") && after.isEmpty()) {
            throw ServiceError.invalid("Invalid NextToken");
        }
        List<T> rest = Place.rest(found, place, isDescending, after);
        int end = Math.min(rest.size(), request.path("MaxResults").asInt(ELEMENTS));
        return new ListPage<>(
                rest.subList(0, end),
                end < rest.size() ? place.apply(rest.get(end - 1)).token() : "");
    }

    /** Says in an answer where it goes on. */
    ObjectNode tellNext(ObjectNode answer) {
        return next.isEmpty() ? answer : answer.put("NextToken", next);
    }
}
