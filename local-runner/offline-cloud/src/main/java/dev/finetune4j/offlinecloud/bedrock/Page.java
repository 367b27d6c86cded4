package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One page of a list, by the time at which things were made. A page goes on after the last one of the page before, also where some came or
 * went in between.
 *
 * @param request what is asked for
 * @param name name of a thing
 * @param createdAt when it was made
 * @param after what the request calls the time after which a thing was made
 * @param before what it calls that before which it was
 */
record Page<T>(
        ObjectNode request, Function<T, String> name, Function<T, Instant> createdAt, String after, String before) {
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
                .sorted(order())
                .toList();
        int start = start(found);
        int end = Math.min(found.size(), start + request.path("maxResults").asInt(USUAL_SIZE));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode summaries = answer.putArray(member);
        found.subList(start, end).forEach(thing -> summaries.add(summary.apply(thing)));
        if (end < found.size()) {
            answer.put("nextToken", token(found.get(end - 1)));
        }
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

    /** The newest first, unless it is asked otherwise. */
    private Comparator<T> order() {
        Comparator<T> order = Comparator.comparing(createdAt).thenComparing(name);
        return request.path("sortOrder").asText().equals("Ascending") ? order : order.reversed();
    }

    private int start(List<T> found) throws ServiceError {
        if (!request.has("nextToken")) {
            return 0;
        }
        for (int i = 0; i < found.size(); i++) {
            if (token(found.get(i)).equals(request.path("nextToken").asText())) {
                return i + 1;
            }
        }
        throw ServiceError.invalid("Invalid nextToken");
    }

    private String token(T thing) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(name.apply(thing).getBytes(StandardCharsets.UTF_8));
    }
}
