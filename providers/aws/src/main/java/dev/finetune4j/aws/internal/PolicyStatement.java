package dev.finetune4j.aws.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A statement of an IAM policy that allows something.
 *
 * @param sid its name: letters and digits
 * @param why what it is for
 * @param actions what is allowed
 * @param resources on what; wildcards in it are meant
 * @param conditions operator, then key, then value
 */
public record PolicyStatement(
        String sid,
        String why,
        List<String> actions,
        List<String> resources,
        Map<String, Map<String, String>> conditions) {
    private static final String VERSION = "2012-10-17";

    /** Copies all. */
    public PolicyStatement {
        actions = List.copyOf(actions);
        resources = List.copyOf(resources);
        conditions = Map.copyOf(conditions);
    }

    /** A statement without a condition. */
    public static PolicyStatement of(String sid, String why, List<String> actions, List<String> resources) {
        return new PolicyStatement(sid, why, actions, resources, Map.of());
    }

    /** The same where a value of the call is the one that is meant. */
    public PolicyStatement when(String operator, String key, String value) {
        return new PolicyStatement(sid, why, actions, resources, Map.of(operator, Map.of(key, value)));
    }

    /** A text in a resource or condition that means itself, whatever characters it has. */
    public static String literally(String text) {
        return text.replace("$", "${$}").replace("*", "${*}").replace("?", "${?}");
    }

    /** Texts of a policy's member, of which one may stand there without brackets. */
    public static List<String> texts(JsonNode oneOrMany) {
        List<String> texts = new ArrayList<>();
        if (oneOrMany.isArray()) {
            oneOrMany.forEach(one -> texts.add(one.asText()));
        } else {
            texts.add(oneOrMany.asText());
        }
        return texts;
    }

    /** Statements as one policy. */
    public static AccessPolicy policy(AccessPolicy.Holder holder, String identity, List<PolicyStatement> statements) {
        ObjectNode document = Json.records().createObjectNode().put("Version", VERSION);
        ArrayNode list = document.putArray("Statement");
        Map<String, String> reasons = new LinkedHashMap<>();
        for (PolicyStatement statement : statements) {
            list.add(statement.json());
            reasons.put(statement.sid(), statement.why());
        }
        return new AccessPolicy(holder, identity, Json.pretty(document), reasons);
    }

    private ObjectNode json() {
        ObjectNode json = Json.records().createObjectNode().put("Sid", sid).put("Effect", "Allow");
        actions.forEach(json.putArray("Action")::add);
        resources.forEach(json.putArray("Resource")::add);
        if (!conditions.isEmpty()) {
            json.set("Condition", Json.records().valueToTree(conditions));
        }
        return json;
    }
}
