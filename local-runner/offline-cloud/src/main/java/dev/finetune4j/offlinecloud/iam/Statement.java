package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * One statement of a policy.
 *
 * @param allows whether it allows what it speaks of; else it denies it
 * @param actions what it speaks of
 * @param resources on what
 * @param conditions all of which a call must meet
 */
record Statement(boolean allows, List<Pattern> actions, List<Pattern> resources, List<Condition> conditions) {
    private static final Set<String> KNOWN = Set.of("Sid", "Effect", "Action", "Resource", "Condition");

    /** @throws IllegalArgumentException if it is no statement of a policy for an identity, or has parts that are not known here */
    static Statement of(JsonNode json) {
        Set<String> unknown = new TreeSet<>();
        json.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(KNOWN);
        String effect = json.path("Effect").asText();
        if (!unknown.isEmpty() || !Set.of("Allow", "Deny").contains(effect)) {
            throw new IllegalArgumentException("the offline cloud does not know such a statement: " + json);
        }
        return new Statement(
                effect.equals("Allow"),
                patterns(json.path("Action"), Pattern.CASE_INSENSITIVE),
                patterns(json.path("Resource"), 0),
                Condition.of(json.path("Condition")));
    }

    private static List<Pattern> patterns(JsonNode json, int flags) {
        List<Pattern> patterns =
                texts(json).stream().map(text -> Wildcard.pattern(text, flags)).toList();
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException("a statement must name actions and resources");
        }
        return patterns;
    }

    /** One text, or several. */
    static List<String> texts(JsonNode json) {
        List<String> texts = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(text -> texts.add(text.asText()));
        } else if (json.isValueNode()) {
            texts.add(json.asText());
        }
        return texts;
    }

    boolean speaksOf(Access access) {
        return names(access) && conditions.stream().allMatch(condition -> condition.isMetBy(access));
    }

    /** Whether action and resource are those that it speaks of, whatever its conditions. */
    boolean names(Access access) {
        return actions.stream()
                        .anyMatch(action -> action.matcher(access.action()).matches())
                && resources.stream()
                        .anyMatch(
                                resource -> resource.matcher(access.resource()).matches());
    }
}
