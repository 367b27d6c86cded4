package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service's own description of its operations, as the vendor publishes it with botocore: names, types, limits, patterns and required
 * members. It knows nothing of the rules between members.
 */
public final class ServiceModel {
    private final Document document;

    private ServiceModel(Document document) {
        this.document = document;
    }

    /** Reads a model that lies beside a class. */
    public static ServiceModel resource(Class<?> neighbour, String name) {
        return new ServiceModel(Json.resource(neighbour, name, new TypeReference<>() {}));
    }

    /** The operations that it describes. */
    public Set<String> operations() {
        return document.operations().keySet();
    }

    /** What stands before the operation's name in the header that names it. */
    public String targetPrefix() {
        return document.targetPrefix();
    }

    /** What the message of an error is called: the model may say so, most errors are not in it. */
    String messageMember(String errorCode) {
        Shape error = document.shapes().get(errorCode);
        return error != null && error.members().containsKey("Message") ? "Message" : "message";
    }

    /**
     * What a request violates; empty if the service's model has nothing against it.
     *
     * @throws ServiceError with {@code SerializationException} if a value is of another type than it must be
     */
    public List<Violation> violations(String operation, JsonNode request) throws ServiceError {
        return check(operation(operation).input(), request).violations();
    }

    /**
     * Members of a request that the model does not have, each with its path. The service passes over them without a word, so that a
     * client which means something by one is wrong.
     */
    public List<String> unknownMembers(String operation, JsonNode request) throws ServiceError {
        return check(operation(operation).input(), request).unknown();
    }

    /** What an answer violates or has too much, in words; empty if clients that go by the model can read it. */
    public List<String> flawsOfAnswer(String operation, JsonNode answer) throws ServiceError {
        Shape.Ref output = operation(operation).output();
        if (output == null && !answer.isEmpty()) {
            return List.of("an answer that the model does not have");
        }
        return check(output, answer).flaws();
    }

    private ShapeCheck check(Shape.@Nullable Ref shape, JsonNode value) throws ServiceError {
        return new ShapeCheck(document.shapes()).run(shape, value);
    }

    private Operation operation(String name) {
        Operation operation = document.operations().get(name);
        if (operation == null) {
            throw new IllegalArgumentException("the model has no operation " + name);
        }
        return operation;
    }

    private record Operation(Shape.@Nullable Ref input, Shape.@Nullable Ref output, List<String> errors) {}

    private record Document(String targetPrefix, Map<String, Operation> operations, Map<String, Shape> shapes) {}
}
