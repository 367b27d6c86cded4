package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a call as they are written.
 *
 * @param positional in order
 * @param named by keyword
 * @param spread {@code *list}, which come after the positional ones
 * @param spreadNamed {@code **map}
 */
record ArgumentList(
        List<Expression> positional,
        Map<String, Expression> named,
        List<Expression> spread,
        List<Expression> spreadNamed) {
    static final ArgumentList EMPTY = new ArgumentList(List.of(), Map.of(), List.of(), List.of());

    static ArgumentList of(Expression single) {
        return new ArgumentList(List.of(single), Map.of(), List.of(), List.of());
    }

    Arguments evaluate(Scope scope) {
        if (positional.isEmpty() && named.isEmpty() && spread.isEmpty() && spreadNamed.isEmpty()) {
            return Arguments.NONE;
        }
        List<Object> values = new ArrayList<>();
        positional.forEach(argument -> values.add(argument.evaluate(scope)));
        spread.forEach(argument -> values.addAll(Values.iterate(argument.evaluate(scope))));
        Map<String, Object> byName = new LinkedHashMap<>();
        named.forEach((name, argument) -> byName.put(name, argument.evaluate(scope)));
        for (Expression argument : spreadNamed) {
            if (!(argument.evaluate(scope) instanceof Map<?, ?> map)) {
                throw TemplateFault.failure("argument after ** must be a mapping");
            }
            map.forEach((name, value) -> byName.put(PythonText.str(name), value));
        }
        return new Arguments(values, byName);
    }
}
