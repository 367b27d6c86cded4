package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The filters that work on the elements of a sequence. */
final class SequenceFilters {
    static final Set<String> NAMES = Set.of(
            "first",
            "last",
            "join",
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr",
            "sum",
            "min",
            "max",
            "sort",
            "unique",
            "dictsort");

    private SequenceFilters() {}

    static Object apply(Execution execution, String name, Object value, Arguments arguments) {
        execution.charge(value instanceof List<?> list ? list.size() : 1);
        return switch (name) {
            case "first" -> edge(value, "first", true);
            case "last" -> edge(value, "last", false);
            case "join" -> join(execution, value, arguments);
            case "map" -> map(execution, value, arguments);
            case "select" -> select(execution, value, arguments, false, false);
            case "reject" -> select(execution, value, arguments, false, true);
            case "selectattr" -> select(execution, value, arguments, true, false);
            case "rejectattr" -> select(execution, value, arguments, true, true);
            case "sum" -> sum(execution, value, arguments);
            case "min" -> extreme(value, order(execution, arguments));
            case "max" -> extreme(value, order(execution, arguments).reversed());
            case "sort" -> sort(execution, value, arguments);
            case "unique" -> unique(execution, value, arguments);
            case "dictsort" -> sortItems(value, arguments);
            default -> throw new IllegalStateException("filter " + name + " is listed but not there");
        };
    }

    private static Object edge(Object value, String which, boolean first) {
        List<Object> elements = Values.iterate(value);
        return elements.isEmpty()
                ? new Undefined("No " + which + " item, sequence was empty.")
                : elements.get(first ? 0 : elements.size() - 1);
    }

    private static String join(Execution execution, Object value, Arguments arguments) {
        String separator = PythonText.str(arguments.get(0, "d", ""));
        UnaryOperator<Object> key = key(execution, arguments.get(1, "attribute", None.NONE));
        StringBuilder result = new StringBuilder();
        boolean first = true;
        for (Object element : Values.iterate(value)) {
            String text = PythonText.str(key.apply(element));
            execution.charge((long) result.length() + separator.length() + text.length());
            result.append(first ? "" : separator).append(text);
            first = false;
        }
        return result.toString();
    }

    private static Object map(Execution execution, Object value, Arguments arguments) {
        List<Object> mapped = new ArrayList<>();
        Object attribute = arguments.named().get("attribute");
        for (Object element : Values.truth(value) ? Values.iterate(value) : List.of()) {
            if (attribute == null) {
                mapped.add(Filters.apply(execution, PythonText.str(arguments.need(0)), element, arguments.skip(1)));
            } else {
                Object found = path(execution, element, attribute);
                Object absent = arguments.named().getOrDefault("default", found);
                mapped.add(found instanceof Undefined ? absent : found);
            }
        }
        return new Generated(mapped);
    }

    private static Object select(
            Execution execution, Object value, Arguments arguments, boolean byAttribute, boolean rejects) {
        int testAt = byAttribute ? 1 : 0;
        boolean hasTest = arguments.positional().size() > testAt;
        String test = hasTest ? ValueTests.known(PythonText.str(arguments.need(testAt))) : "";
        Arguments rest = arguments.skip(testAt + 1);
        List<Object> kept = new ArrayList<>();
        for (Object element : Values.truth(value) ? Values.iterate(value) : List.of()) {
            execution.step();
            Object tested = byAttribute ? path(execution, element, arguments.need(0)) : element;
            boolean holds = hasTest ? ValueTests.holds(test, tested, rest) : Values.truth(tested);
            if (holds != rejects) {
                kept.add(element);
            }
        }
        return new Generated(kept);
    }

    private static Object sum(Execution execution, Object value, Arguments arguments) {
        UnaryOperator<Object> key = key(execution, arguments.get(0, "attribute", None.NONE));
        Object total = arguments.get(1, "start", 0L);
        for (Object element : Values.iterate(value)) {
            total = Arithmetic.apply(execution, "+", total, key.apply(element));
        }
        return total;
    }

    private static Object extreme(Object value, Comparator<Object> order) {
        List<Object> elements = Values.iterate(value);
        return elements.isEmpty()
                ? new Undefined("No aggregated item, sequence was empty.")
                : Collections.min(elements, order);
    }

    private static Object sort(Execution execution, Object value, Arguments arguments) {
        List<Object> elements = new ArrayList<>(Values.iterate(value));
        Comparator<Object> order = order(execution, arguments);
        elements.sort(arguments.truth(0, "reverse") ? order.reversed() : order);
        return elements;
    }

    private static Object unique(Execution execution, Object value, Arguments arguments) {
        UnaryOperator<Object> key = sortKey(execution, arguments);
        List<Object> seen = new ArrayList<>();
        List<Object> kept = new ArrayList<>();
        for (Object element : Values.iterate(value)) {
            execution.charge(16L * seen.size());
            Object own = key.apply(element);
            if (seen.stream().noneMatch(other -> Values.equal(other, own))) {
                seen.add(own);
                kept.add(element);
            }
        }
        return kept;
    }

    private static Object sortItems(Object value, Arguments arguments) {
        if (!(value instanceof Map<?, ?> map)) {
            throw TemplateFault.failure("dictsort needs a mapping, not '" + Values.typeName(value) + "'");
        }
        boolean caseSensitive = arguments.truth(0, "case_sensitive");
        int part = PythonText.str(arguments.get(1, "by", "key")).equals("value") ? 1 : 0;
        Comparator<Object> order =
                Comparator.comparing(item -> folded(((Tuple) item).get(part), caseSensitive), Values::compare);
        List<Object> items = MapMethods.items(map);
        items.sort(arguments.truth(2, "reverse") ? order.reversed() : order);
        return items;
    }

    private static Comparator<Object> order(Execution execution, Arguments arguments) {
        return Comparator.comparing(sortKey(execution, arguments), Values::compare);
    }

    private static UnaryOperator<Object> sortKey(Execution execution, Arguments arguments) {
        UnaryOperator<Object> key = key(execution, arguments.named().getOrDefault("attribute", None.NONE));
        boolean caseSensitive = Values.truth(arguments.named().getOrDefault("case_sensitive", false));
        return element -> folded(key.apply(element), caseSensitive);
    }

    private static Object folded(Object value, boolean caseSensitive) {
        return !caseSensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }

    private static UnaryOperator<Object> key(Execution execution, Object attribute) {
        return attribute == None.NONE ? UnaryOperator.identity() : element -> path(execution, element, attribute);
    }

    /** Follows {@code a.b.0}. */
    private static Object path(Execution execution, Object value, Object path) {
        Object current = value;
        for (String part : PythonText.str(path).split("\\.")) {
            boolean index = part.matches("\\d{1,9}");
            current = Subscripts.item(execution, current, index ? (Object) Long.valueOf(part) : part);
        }
        return current;
    }
}
