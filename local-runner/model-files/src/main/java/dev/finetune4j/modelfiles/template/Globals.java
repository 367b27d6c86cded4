package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template can call. */
final class Globals {
    private Globals() {}

    static void define(Scope scope) {
        Execution execution = scope.execution();
        scope.set("raise_exception", (Callable) arguments -> {
            throw TemplateFault.raised(PythonText.str(arguments.need(0)));
        });
        scope.set("strftime_now", (Callable) arguments -> TimeText.format(arguments.text(0), execution.now()));
        scope.set("namespace", (Callable) Globals::namespace);
        scope.set("dict", (Callable) Globals::dict);
        scope.set("range", (Callable) arguments -> range(execution, arguments));
        scope.set("joiner", (Callable) Globals::joiner);
    }

    private static Object namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Object given : arguments.positional()) {
            if (!(given instanceof Map<?, ?> map)) {
                throw TemplateFault.failure("namespace needs a mapping, not '" + Values.typeName(given) + "'");
            }
            map.forEach((key, value) -> namespace.set(PythonText.str(key), value));
        }
        arguments.named().forEach(namespace::set);
        return namespace;
    }

    private static Object dict(Arguments arguments) {
        Map<Object, Object> result = new LinkedHashMap<>();
        for (Object given : arguments.positional()) {
            if (given instanceof Map<?, ?> map) {
                result.putAll(map);
            } else {
                for (Object pair : Values.iterate(given)) {
                    List<Object> parts = Values.iterate(pair);
                    if (parts.size() != 2) {
                        throw TemplateFault.failure("dict needs pairs, found " + parts.size() + " values");
                    }
                    result.put(parts.get(0), parts.get(1));
                }
            }
        }
        result.putAll(arguments.named());
        return result;
    }

    private static Object range(Execution execution, Arguments arguments) {
        boolean hasStart = arguments.positional().size() > 1;
        long start = hasStart ? Values.number(arguments.need(0)).longValue() : 0;
        long stop = Values.number(arguments.need(hasStart ? 1 : 0)).longValue();
        long step = arguments.positional().size() > 2
                ? Values.number(arguments.need(2)).longValue()
                : 1;
        if (step == 0) {
            throw TemplateFault.failure("range() step must not be zero");
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i = Math.addExact(i, step)) {
            if (numbers.size() == execution.limits().rangeElements()) {
                throw TemplateFault.limit(
                        "a range of more than " + execution.limits().rangeElements() + " numbers");
            }
            numbers.add(i);
        }
        execution.steps(numbers.size());
        return numbers;
    }

    /** Gives nothing at its first call, then the separator. */
    private static Object joiner(Arguments arguments) {
        String separator = arguments.positional().isEmpty() ? ", " : arguments.text(0);
        boolean[] used = {false};
        return (Callable) none -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }
}
