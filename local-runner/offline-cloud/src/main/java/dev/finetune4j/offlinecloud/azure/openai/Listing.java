package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Lists as OpenAI's clients read them, the newest first. */
final class Listing {
    private Listing() {}

    /**
     * The part of a list that comes after the thing whose id the request names.
     *
     * @param all what there is, by id, the oldest first
     * @param usual how much is listed without a word
     * @throws ServiceError if there is no such thing
     */
    static <T> ObjectNode newest(DataCall call, Map<String, T> all, int usual, Function<T, ObjectNode> told)
            throws ServiceError {
        List<String> ids = new ArrayList<>(all.keySet());
        Collections.reverse(ids);
        String after = call.query("after");
        int from = after.isEmpty() ? 0 : ids.indexOf(after) + 1;
        if (from == 0 && !after.isEmpty()) {
            throw OpenAiErrors.notFound("There is no item '" + after + "' in the list.");
        }
        int to = Math.min(ids.size(), from + call.limit(usual));
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
