package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A service's own description of its operations, as the vendor publishes it with botocore: names, types, limits, patterns and required
 * members. It knows nothing of the rules between members.
 */
public final class ServiceModel {
    private static final System.Logger LOG = System.getLogger(ServiceModel.class.getName());
    private static final int OK = 200;
    private static final int SERVERS_FAULT = 500;

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

    /** What stands before the operation's name in the header that names it; empty for a service that has paths instead. */
    public String targetPrefix() {
        return Objects.requireNonNullElse(document.targetPrefix(), "");
    }

    /** The operation that a REST service has at a path; empty where there is none. */
    Optional<Route.Match> route(String method, String rawPath) {
        return document.operations().entrySet().stream()
                .flatMap(entry -> Optional.ofNullable(entry.getValue().http())
                        .flatMap(route -> route.match(entry.getKey(), method, rawPath))
                        .stream())
                .findFirst();
    }

    /** HTTP status of an operation's answer. */
    int status(String operation) {
        Route route = operation(operation).http();
        return route == null ? OK : route.responseCode();
    }

    /** HTTP status of an error; the model may say so. */
    int status(ServiceError error) {
        Shape shape = document.shapes().get(error.code());
        return shape == null || shape.error() == null
                ? error.status()
                : shape.error().httpStatusCode();
    }

    /** Members of an operation's request, each with the shape that it uses. */
    Map<String, Shape.Ref> members(String operation) {
        Shape.Ref input = operation(operation).input();
        return input == null ? Map.of() : shape(input).members();
    }

    /** A shape by its use. */
    Shape shape(Shape.Ref ref) {
        return Objects.requireNonNull(document.shapes().get(ref.shape()), ref.shape());
    }

    /**
     * The type of what lies within a structure.
     *
     * @param structure name of its shape
     * @param path names of members, or keys of a map, one within the other; lists on the way are passed through
     * @return {@code string}, {@code timestamp}, {@code boolean} or a kind of number; empty where there is no such value
     */
    public Optional<String> typeOf(String structure, List<String> path) {
        Shape shape = Objects.requireNonNull(document.shapes().get(structure), structure);
        for (String name : path) {
            shape = ofElements(shape);
            Shape.Ref next =
                    shape.type().equals("map") ? shape.value() : shape.members().get(name);
            if (next == null) {
                return Optional.empty();
            }
            shape = shape(next);
        }
        String type = ofElements(shape).type();
        return type.equals("structure") || type.equals("map") ? Optional.empty() : Optional.of(type);
    }

    /** What a string may be, by the name of its shape; empty where that is open. */
    public List<String> valuesOf(String shape) {
        return Objects.requireNonNull(document.shapes().get(shape), shape).values();
    }

    private Shape ofElements(Shape shape) {
        Shape.Ref member = shape.member();
        return member == null ? shape : ofElements(shape(member));
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
     * Refuses a request that the service's model has something against, as the service words it.
     *
     * @throws ServiceError with {@code ValidationException}, or {@code SerializationException} if a value is of another type
     */
    void demand(String operation, JsonNode request) throws ServiceError {
        List<Violation> violations = violations(operation, request);
        if (!violations.isEmpty()) {
            throw ServiceError.invalid(violations.size() + " validation error" + (violations.size() == 1 ? "" : "s")
                    + " detected: "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("; ")));
        }
    }

    /**
     * Members of a request that the model does not have, each with its path. The service passes over them without a word, so that a
     * client which means something by one is wrong.
     */
    public List<String> unknownMembers(String operation, JsonNode request) throws ServiceError {
        return check(operation(operation).input(), request).unknown();
    }

    /**
     * Lets no answer out that the model does not describe, so that whoever asks the offline cloud sees what the service might say.
     *
     * @return the answer
     * @throws ServiceError of the server, if the answer lacks a member, has one too many, or one that may not be so
     */
    ObjectNode hold(String operation, ObjectNode answer) throws ServiceError {
        List<String> flaws = flawsOfAnswer(operation, answer);
        if (!flaws.isEmpty()) {
            String message = "The offline cloud is wrong, not you: its answer to " + operation
                    + " is none that the service's model describes: " + String.join("; ", flaws);
            LOG.log(System.Logger.Level.ERROR, message);
            throw new ServiceError(SERVERS_FAULT, "InternalFailure", message);
        }
        return answer;
    }

    /** What an answer violates or has too much, in words; empty if clients that go by the model can read it. */
    public List<String> flawsOfAnswer(String operation, JsonNode answer) {
        Shape.Ref output = operation(operation).output();
        if (output == null && !answer.isEmpty()) {
            return List.of("an answer where the model has none");
        }
        try {
            return check(output, answer).flaws();
        } catch (ServiceError e) {
            return List.of(String.valueOf(e.getMessage())); // a value of another type
        }
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

    private record Operation(
            @Nullable Route http, Shape.@Nullable Ref input, Shape.@Nullable Ref output, List<String> errors) {}

    private record Document(
            @Nullable String targetPrefix, Map<String, Operation> operations, Map<String, Shape> shapes) {}
}
