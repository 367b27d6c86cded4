package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list. It goes on after the last element of the page before, also where elements came or went in between.
 *
 * @param elements those on it
 * @param next the token of the next page, empty if this is the last one
 */
record ListPage<T>(List<T> elements, String next) {
    private static final int ELEMENTS = 10;

    /**
     * The page that a request asks for.
     *
     * @param found all elements in their order
     * @param name by which an element is found again
     */
    static <T> ListPage<T> of(List<T> found, Function<T, String> name, JsonNode request) throws ServiceError {
        List<String> tokens = found.stream().map(name).map(ListPage::token).toList();
        int start = request.has("NextToken")
                ? tokens.indexOf(request.path("NextToken").asText()) + 1
                : 0;
        if (request.has("NextToken") && start == 0) {
            throw ServiceError.invalid("Invalid NextToken");
        }
        int end = Math.min(found.size(), start + request.path("MaxResults").asInt(ELEMENTS));
        return new ListPage<>(found.subList(start, end), end < found.size() ? tokens.get(end - 1) : "");
    }

    private static String token(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Says in an answer where it goes on. */
    ObjectNode tellNext(ObjectNode answer) {
        return next.isEmpty() ? answer : answer.put("NextToken", next);
    }
}
