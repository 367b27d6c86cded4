package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a statement asks of a call besides its action and resource.
 *
 * @param operator how values are compared
 * @param key what of the call is looked at, in any case
 * @param values of which one must fit
 */
record Condition(Operator operator, String key, List<String> values) {
    /** @throws IllegalArgumentException if the operator cannot read a value, or a value has a variable */
    Condition {
        values = List.copyOf(values);
        operator.demandReadable(values);
        values.forEach(value -> Wildcard.pattern(value, 0)); // which refuses variables
    }

    static List<Condition> of(JsonNode json) {
        List<Condition> conditions = new ArrayList<>();
        json.properties()
                .forEach(operator -> operator.getValue()
                        .properties()
                        .forEach(key -> conditions.add(new Condition(
                                Operator.of(operator.getKey()), key.getKey(), Statement.texts(key.getValue())))));
        return conditions;
    }

    boolean isMetBy(Access access) {
        return operator.fits(values, told(access));
    }

    /** Whether a call says anything of the key. */
    boolean isTold(Access access) {
        return !told(access).isEmpty();
    }

    private List<String> told(Access access) {
        return access.context().entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(key))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(List.of());
    }
}
