package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Lists as OpenAI's clients read them. */
final class Listing {
    private static final int MOST = 100;

    private Listing() {}

    /** The same in the other order. */
    static <T> Map<String, T> reversed(Map<String, T> all) {
        List<String> ids = new ArrayList<>(all.keySet());
        Collections.reverse(ids);
        Map<String, T> reversed = new LinkedHashMap<>();
        ids.forEach(id -> reversed.put(id, Objects.requireNonNull(all.get(id))));
        return reversed;
    }

    /**
     * The part of a list that comes after the thing whose id the request names, the newest first, 100 things at most.
     *
     * @param all what there is, by id, the oldest first
     * @param usual how much is listed without a word
     * @throws ServiceError if there is no such thing
     */
    static <T> ObjectNode newest(DataCall call, Map<String, T> all, int usual, Function<T, ObjectNode> told)
            throws ServiceError {
        return page(call, reversed(all), usual, MOST, told);
    }

    /** A list that has no pages, of all in their order. */
    static <T> ObjectNode whole(Map<String, T> all, Function<T, ObjectNode> told) {
        ObjectNode answer = Json.records().createObjectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        all.values().forEach(one -> data.add(told.apply(one)));
        return answer;
    }

    /**
     * The part of a list that comes after the thing whose id the request names.
     *
     * @param all what there is, by id, in the order of the list
     * @param usual how much is listed without a word
     * @param most how much is listed at most
     * @throws ServiceError if there is no such thing
     */
    static <T> ObjectNode page(DataCall call, Map<String, T> all, int usual, int most, Function<T, ObjectNode> told)
            throws ServiceError {
        List<String> ids = List.copyOf(all.keySet());
        String after = call.query("after");
        int from = after.isEmpty() ? 0 : ids.indexOf(after) + 1;
        if (from == 0 && !after.isEmpty()) {
            throw OpenAiErrors.notFound("There is no item '" + after + "' in the list.");
        }
        int to = Math.min(ids.size(), from + call.limit(usual, most));
        ObjectNode answer = Json.records().createObjectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (String id : ids.subList(from, to)) {
            data.add(told.apply(Objects.requireNonNull(all.get(id))));
        }
        if (from < to) {
            answer.put("first_id", ids.get(from)).put("last_id", ids.get(to - 1));
        }
        return answer.put("has_more", to < ids.size());
    }
}
