package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Place;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One page of a list, by the time at which things were made: the newest first, unless it is asked otherwise.
 *
 * @param request what is asked for
 * @param name name of a thing
 * @param createdAt when it was made
 * @param after what the request calls the time after which a thing was made
 * @param before what it calls that before which it was
 */
record Page<T>(
        ObjectNode request, Function<T, String> name, Function<T, Instant> createdAt, String after, String before) {
    private static final String NEXT = "nextToken";
    private static final int USUAL_SIZE = 10;

    /** A page of a list that calls times as most do. */
    Page(ObjectNode request, Function<T, String> name, Function<T, Instant> createdAt) {
        this(request, name, createdAt, "creationTimeAfter", "creationTimeBefore");
    }

    /**
     * The answer.
     *
     * @param all what there is
     * @param isWanted what is wanted besides name and time
     * @param summary how a thing is told of
     * @param member what the list is called
     */
    ObjectNode of(Collection<T> all, Predicate<T> isWanted, Function<T, ObjectNode> summary, String member)
            throws ServiceError {
        List<T> found = all.stream()
                .filter(thing ->
                        name.apply(thing).contains(request.path("nameContains").asText()))
                .filter(this::isWithin)
                .filter(isWanted)
                .toList();
        boolean isDescending = !request.path("sortOrder").asText().equals("Ascending");
        Place.Page<T> page = Place.page(
                found,
                thing -> Place.of(createdAt.apply(thing), name.apply(thing)),
                isDescending,
                Place.token(request, NEXT),
                request.path("maxResults").asInt(USUAL_SIZE),
                () -> ServiceError.invalid("Invalid " + NEXT));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray(member);
        page.elements().forEach(thing -> summaries.add(summary.apply(thing)));
        page.next().ifPresent(token -> answer.put(NEXT, token));
        return answer;
    }

    private boolean isWithin(T thing) {
        Instant made = createdAt.apply(thing);
        return (!request.has(after) || made.isAfter(time(after)))
                && (!request.has(before) || made.isBefore(time(before)));
    }

    private Instant time(String member) {
        return OffsetDateTime.parse(request.path(member).asText()).toInstant();
    }
}
