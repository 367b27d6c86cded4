package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param elements those on it
 * @param next the token of the next page, empty if this is the last one
 */
record ListPage<T>(List<T> elements, String next) {
    private static final String NEXT = "NextToken";
    private static final int ELEMENTS = 10;

    /**
     * The page that a request asks for.
     *
     * @param found all elements
     * @param place where an element stands
     */
    static <T> ListPage<T> of(Collection<T> found, Function<T, Place> place, boolean isDescending, JsonNode request)
            throws ServiceError {
        Place.Page<T> page = Place.page(
                found,
                place,
                isDescending,
                Place.token(request, NEXT),
                request.path("MaxResults").asInt(ELEMENTS),
                () -> ServiceError.invalid("Invalid " + NEXT));
        return new ListPage<>(page.elements(), page.next().orElse(""));
    }

    /** Says in an answer where it goes on. */
    ObjectNode tellNext(ObjectNode answer) {
        return next.isEmpty() ? answer : answer.put(NEXT, next);
    }
}
