package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a statement asks of a call besides its action and resource. A call that says nothing of the key does not meet it.
 *
 * @param operator how values are compared
 * @param key what of the call is looked at
 * @param values of which one must fit
 */
record Condition(String operator, String key, List<String> values) {
    private static final Set<String> EQUAL = Set.of("StringEquals", "Bool", "ForAnyValue:StringEquals");
    private static final Set<String> LIKE = Set.of("StringLike", "ArnLike", "ArnEquals");

    /** @throws IllegalArgumentException if the operator is none that is known here */
    Condition {
        if (!EQUAL.contains(operator) && !LIKE.contains(operator)) {
            throw new IllegalArgumentException("the offline cloud does not know the condition " + operator);
        }
        values = List.copyOf(values);
    }

    static List<Condition> of(JsonNode json) {
        List<Condition> conditions = new ArrayList<>();
        json.properties()
                .forEach(operator -> operator.getValue()
                        .properties()
                        .forEach(key -> conditions.add(
                                new Condition(operator.getKey(), key.getKey(), Statement.texts(key.getValue())))));
        return conditions;
    }

    boolean isMetBy(Access access) {
        return told(access).anyMatch(this::fits);
    }

    /** Whether a call says anything of the key. */
    boolean isTold(Access access) {
        return told(access).findAny().isPresent();
    }

    private Stream<String> told(Access access) {
        return access.context().entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(key))
                .map(Map.Entry::getValue);
    }

    private boolean fits(String value) {
        return values.stream()
                .anyMatch(wanted -> LIKE.contains(operator)
                        ? Wildcard.pattern(wanted, 0).matcher(value).matches()
                        : wanted.equals(value));
    }
}
