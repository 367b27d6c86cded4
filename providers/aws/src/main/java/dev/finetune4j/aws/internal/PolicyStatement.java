package dev.finetune4j.aws.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A statement of an IAM policy that allows something.
 *
 * @param sid its name: letters and digits
 * @param why what it is for
 * @param actions what is allowed
 * @param resources on what; wildcards in it are meant
 * @param conditions operator, then key, then values of which one must fit; all of them must be met
 */
public record PolicyStatement(
        String sid,
        String why,
        List<String> actions,
        List<String> resources,
        SortedMap<String, SortedMap<String, List<String>>> conditions) {
    private static final String VERSION = "2012-10-17";

    /** Copies all. */
    public PolicyStatement {
        actions = List.copyOf(actions);
        resources = List.copyOf(resources);
        SortedMap<String, SortedMap<String, List<String>>> copies = new TreeMap<>();
        conditions.forEach(
                (operator, keys) -> copies.put(operator, Collections.unmodifiableSortedMap(new TreeMap<>(keys))));
        conditions = Collections.unmodifiableSortedMap(copies);
    }

    /** A statement without a condition. */
    public static PolicyStatement of(String sid, String why, List<String> actions, List<String> resources) {
        return new PolicyStatement(sid, why, actions, resources, Collections.emptySortedMap());
    }

    /** The same where a value of the call is the one that is meant, too. */
    public PolicyStatement when(String operator, String key, String value) {
        return when(operator, key, List.of(value));
    }

    /** The same where a value of the call is one of those that are meant, too. */
    public PolicyStatement when(String operator, String key, List<String> values) {
        SortedMap<String, SortedMap<String, List<String>>> more = new TreeMap<>(conditions);
        SortedMap<String, List<String>> keys = new TreeMap<>(more.getOrDefault(operator, Collections.emptySortedMap()));
        keys.put(key, List.copyOf(values));
        more.put(operator, keys);
        return new PolicyStatement(sid, why, actions, resources, more);
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
        conditions.forEach((operator, keys) -> keys.forEach((key, values) -> {
            ObjectNode wanted = json.withObject("Condition").withObject(operator);
            if (values.size() == 1) {
                wanted.put(key, values.get(0));
            } else {
                values.forEach(wanted.putArray(key)::add);
            }
        }));
        return json;
    }
}
