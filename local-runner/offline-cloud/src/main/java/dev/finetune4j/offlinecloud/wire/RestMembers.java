package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** Puts the members of a request together, of which a REST service has some in the path and some in the query. */
final class RestMembers {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ServiceModel model;
    private final Route.Match match;

    RestMembers(ServiceModel model, Route.Match match) {
        this.model = model;
        this.match = match;
    }

    /**
     * The request as one structure. What stands in the body although the model has it elsewhere is passed over, as the service does.
     *
     * @throws ServiceError with {@code SerializationException} if a text is not of the type that it must be
     */
    ObjectNode gather(Map<String, String> query, ObjectNode body) throws ServiceError {
        ObjectNode request = body.deepCopy();
        for (Map.Entry<String, Shape.Ref> member :
                model.members(match.operation()).entrySet()) {
            Shape.Ref ref = member.getValue();
            if (ref.place().isPresent()) {
                request.remove(member.getKey());
                Optional<String> text = Optional.ofNullable(source(ref, query).get(ref.nameOr(member.getKey())));
                if (text.isPresent()) {
                    request.set(member.getKey(), typed(member.getKey(), text.get(), model.shape(ref)));
                }
            }
        }
        return request;
    }

    private Map<String, String> source(Shape.Ref ref, Map<String, String> query) {
        String place = ref.place().orElseThrow();
        if (place.equals(Shape.Ref.PATH)) {
            return match.labels();
        }
        if (place.equals(Shape.Ref.QUERY)) {
            return query;
        }
        throw new IllegalArgumentException("the model has a member in an unknown place, " + place);
    }

    private static JsonNode typed(String member, String text, Shape shape) throws ServiceError {
        return switch (shape.type()) {
            case "string", "timestamp" -> NODES.textNode(text);
            case "boolean" -> {
                expect(text.equals("true") || text.equals("false"), member, text, "Boolean");
                yield NODES.booleanNode(text.equals("true"));
            }
            case "integer" -> {
                expect(text.matches("-?\\d{1,9}"), member, text, "Integer");
                yield NODES.numberNode(Integer.parseInt(text));
            }
            default -> throw new IllegalArgumentException("no text of a path or query is of type " + shape.type());
        };
    }

    private static void expect(boolean isRight, String member, String text, String type) throws ServiceError {
        if (!isRight) {
            throw ServiceError.of(
                    "SerializationException",
                    "Value '" + text + "' at '" + member + "' can not be converted to " + type);
        }
    }
}
