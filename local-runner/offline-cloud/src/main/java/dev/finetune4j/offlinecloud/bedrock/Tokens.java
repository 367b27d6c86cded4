package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.HashMap;
import java.util.Map;

/** Tokens of requests that had their effect: who repeats one gets the same answer. Guarded by the service that owns it. */
final class Tokens {
    private final Map<String, Made> made = new HashMap<>();

    private record Made(ObjectNode request, ObjectNode answer) {}

    /** What makes something. */
    interface Creation {
        ObjectNode create() throws ServiceError;
    }

    /**
     * Makes something unless it was made with this token.
     *
     * @throws ServiceError if something else was made with it
     */
    ObjectNode once(String operation, ObjectNode request, Creation creation) throws ServiceError {
        String token = operation + " " + request.path("clientRequestToken").asText();
        Made before = made.get(token);
        if (before != null && !before.request().equals(request)) {
            throw ServiceError.invalid("The clientRequestToken was used before with other parameters");
        }
        if (before != null) {
            return before.answer().deepCopy();
        }
        ObjectNode answer = creation.create();
        if (request.has("clientRequestToken")) {
            made.put(token, new Made(request.deepCopy(), answer.deepCopy()));
        }
        return answer;
    }
}
