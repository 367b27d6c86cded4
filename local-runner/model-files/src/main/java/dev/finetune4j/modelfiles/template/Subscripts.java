package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code value.name}, {@code value[key]} and {@code value[a:b:c]}. */
final class Subscripts {
    private Subscripts() {}

    /** {@code value.name}: a method first, then an item. */
    static Object attribute(Execution execution, Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (value instanceof Namespace namespace) {
            return namespace.get(name);
        }
        if (value instanceof Map<?, ?> map) {
            if (MapMethods.NAMES.contains(name)) {
                return (Callable) arguments -> MapMethods.call(map, name, arguments);
            }
            Object item = map.get(name);
            return item == null ? noAttribute(value, name) : item;
        }
        if (value instanceof String text && TextMethods.NAMES.contains(name)) {
            return (Callable) arguments -> TextMethods.call(execution, text, name, arguments);
        }
        if (value instanceof List<?> list && !(value instanceof Generated)) {
            if (name.equals("index")) {
                return (Callable) arguments -> indexOf(list, arguments.need(0));
            }
            if (name.equals("count")) {
                return (Callable) arguments -> list.stream()
                        .filter(element -> Values.equal(element, arguments.need(0)))
                        .count();
            }
        }
        return noAttribute(value, name);
    }

    private static Undefined noAttribute(Object value, String name) {
        return new Undefined("'" + Values.typeName(value) + " object' has no attribute '" + name + "'");
    }

    private static Object indexOf(List<?> list, Object wanted) {
        for (int i = 0; i < list.size(); i++) {
            if (Values.equal(list.get(i), wanted)) {
                return (long) i;
            }
        }
        throw TemplateFault.failure(PythonText.repr(wanted) + " is not in list");
    }

    /** {@code value[key]}: an item first, then an attribute. */
    static Object item(Execution execution, Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (value instanceof Map<?, ?> map) {
            Object item = map.get(key);
            if (item != null) {
                return item;
            }
        } else if (key instanceof Long index && value instanceof String text) {
            return character(text, index);
        } else if (key instanceof Long index && value instanceof List<?> list && !(value instanceof Generated)) {
            long at = index < 0 ? index + list.size() : index;
            return at >= 0 && at < list.size() ? list.get((int) at) : noElement(value, index);
        }
        return key instanceof String name ? attribute(execution, value, name) : noElement(value, key);
    }

    private static Object character(String text, long index) {
        long length = text.codePointCount(0, text.length());
        long at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
            return noElement(text, index);
        }
        return Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) at)));
    }

    private static Undefined noElement(Object value, Object key) {
        return new Undefined(Values.typeName(value) + " object has no element " + PythonText.repr(key));
    }

    /** {@code value[start:stop:step]}; an absent part is null. */
    static Object slice(
            Execution execution, Object value, @Nullable Object start, @Nullable Object stop, @Nullable Object step) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!(value instanceof List || value instanceof String) || value instanceof Generated) {
            throw TemplateFault.failure("'" + Values.typeName(value) + "' object is not subscriptable");
        }
        execution.charge(value instanceof String text ? text.length() : ((List<?>) value).size());
        List<Object> elements = Values.iterate(value);
        int stride = indexOr(step, 1);
        if (stride == 0) {
            throw TemplateFault.failure("slice step cannot be zero");
        }
        int size = elements.size();
        int from = start == null || start == None.NONE
                ? (stride > 0 ? 0 : size - 1)
                : bound(Values.index(start), size, stride);
        int to = stop == null || stop == None.NONE ? (stride > 0 ? size : -1) : bound(Values.index(stop), size, stride);
        List<Object> part = new ArrayList<>();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
            part.add(elements.get((int) i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            part.forEach(text::append);
            return text.toString();
        }
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static int indexOr(@Nullable Object value, int absent) {
        return value == null || value == None.NONE ? absent : Values.index(value);
    }

    private static int bound(int index, int size, int stride) {
        int at = index < 0 ? index + size : index;
        return stride > 0 ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1, at));
    }
}
