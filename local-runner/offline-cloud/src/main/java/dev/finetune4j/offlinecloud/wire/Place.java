package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.json.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where something stands in a list that is told page by page. A page's token is the place of its last element, so that the next page goes on
 * behind it, also where that element is gone, no longer wanted or stands elsewhere by now.
 *
 * @param value by which the list is sorted: a text, a number, or null where an element has none
 * @param name tells elements of one value apart
 */
public record Place(JsonNode value, String name) {
    private static final long NANOS = 1_000_000_000;

    /** In a list by name. */
    public static Place of(String name) {
        return new Place(NullNode.instance, name);
    }

    /** In a list by a text. */
    public static Place of(String value, String name) {
        return new Place(TextNode.valueOf(value), name);
    }

    /** In a list by time. */
    public static Place of(Instant time, String name) {
        return new Place(LongNode.valueOf(time.getEpochSecond() * NANOS + time.getNano()), name);
    }

    /** The place that a token stands for; empty where it is no token. */
    private static Optional<Place> read(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            JsonNode place = Json.read(text, JsonNode.class);
            return place.path("name").isTextual() && place.path("value").isValueNode()
                    ? Optional.of(
                            new Place(place.path("value"), place.path("name").asText()))
                    : Optional.empty();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // neither of the alphabet nor JSON
        }
    }

    /** What a client gives back to go on behind this place. */
    public String token() {
        String text = Json.records()
                .createObjectNode()
                .put("name", name)
                .set("value", value)
                .toString();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A part of a list.
     *
     * @param elements those on it
     * @param next the token of the next page; empty if this is the last one
     */
    public record Page<T>(List<T> elements, Optional<String> next) {
        /** Copies the elements. */
        public Page {
            elements = List.copyOf(elements);
        }
    }

    /**
     * The page of a list, sorted, that a token stands for; elements without a value come last in any order.
     *
     * @param all the elements
     * @param place where an element stands
     * @param token of the page; empty for the first one
     * @param most elements on it
     * @param refusal what is told of a token that is none
     */
    public static <T> Page<T> page(
            Collection<T> all,
            Function<T, Place> place,
            boolean isDescending,
            Optional<String> token,
            int most,
            Supplier<ServiceError> refusal)
            throws ServiceError {
        Optional<Place> after = token.flatMap(Place::read);
        if (token.isPresent() && after.isEmpty()) {
            throw refusal.get();
        }
        List<T> rest = rest(all, place, isDescending, after);
        int end = Math.min(rest.size(), most);
        return new Page<>(
                rest.subList(0, end),
                end < rest.size() ? Optional.of(place.apply(rest.get(end - 1)).token()) : Optional.empty());
    }

    /** The token of a page in a request; empty where it asks for the first one. */
    public static Optional<String> token(JsonNode request, String member) {
        return request.has(member) ? Optional.of(request.path(member).asText()) : Optional.empty();
    }

    /**
     * What is left of a list, in its order; elements without a value come last in any order.
     *
     * @param all the elements
     * @param place where an element stands
     * @param after the last one that was told; empty at the beginning
     */
    private static <T> List<T> rest(
            Collection<T> all, Function<T, Place> place, boolean isDescending, Optional<Place> after) {
        Comparator<Place> order = order(isDescending);
        return all.stream()
                .filter(one -> after.isEmpty() || order.compare(place.apply(one), after.get()) > 0)
                .sorted(Comparator.comparing(place, order))
                .toList();
    }

    private static Comparator<Place> order(boolean isDescending) {
        Comparator<Place> order =
                Comparator.comparing(Place::value, Place::compare).thenComparing(Place::name);
        return Comparator.<Place, Boolean>comparing(place -> place.value().isNull())
                .thenComparing(isDescending ? order.reversed() : order);
    }

    private static int compare(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.asText().compareTo(other.asText());
    }
}
