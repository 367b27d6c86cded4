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
record Statement(boolean allows, Named actions, Named resources, List<Condition> conditions) {
    private static final Set<String> KNOWN =
            Set.of("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition");

    /**
     * Actions or resources.
     *
     * @param isExcept whether all others are meant
     */
    record Named(boolean isExcept, List<Pattern> patterns) {
        /** @throws IllegalArgumentException if a statement names none, or says both which it means and which it does not */
        static Named of(JsonNode statement, String member, int flags) {
            List<String> texts = texts(statement.path(member));
            List<String> others = texts(statement.path("Not" + member));
            if (texts.isEmpty() == others.isEmpty()) {
                throw new IllegalArgumentException(
                        "a statement must have one of " + member + " and Not" + member + ", which names something");
            }
            return new Named(
                    texts.isEmpty(),
                    (texts.isEmpty() ? others : texts)
                            .stream().map(text -> Wildcard.pattern(text, flags)).toList());
        }

        boolean have(String name) {
            return isExcept
                    != patterns.stream()
                            .anyMatch(pattern -> pattern.matcher(name).matches());
        }
    }

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
                Named.of(json, "Action", Pattern.CASE_INSENSITIVE),
                Named.of(json, "Resource", 0),
                Condition.of(json.path("Condition")));
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
        return actions.have(access.action()) && resources.have(access.resource());
    }
}
