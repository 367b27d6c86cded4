package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code tojson} filter as transformers overrides it: Python's {@code json.dumps}, not escaped for HTML. */
final class JsonText {
    private final Execution execution;
    private final StringBuilder result = new StringBuilder();
    private final boolean ascii;
    private final boolean sortKeys;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;

    private JsonText(Execution execution, Arguments arguments) {
        this.execution = execution;
        this.ascii = arguments.truth(0, "ensure_ascii");
        Object indentation = arguments.get(1, "indent", None.NONE);
        this.indent = indentation == None.NONE
                ? null
                : indentation instanceof String text ? text : blanks(execution, Values.index(indentation));
        Object separators = arguments.get(2, "separators", None.NONE);
        List<Object> given = separators == None.NONE ? List.of() : Values.iterate(separators);
        this.itemSeparator = given.size() == 2 ? PythonText.str(given.get(0)) : indent == null ? ", " : ",";
        this.keySeparator = given.size() == 2 ? PythonText.str(given.get(1)) : ": ";
        this.sortKeys = arguments.truth(3, "sort_keys");
    }

    static String dumps(Execution execution, Object value, Arguments arguments) {
        JsonText json = new JsonText(execution, arguments);
        json.append(value, 0);
        return json.result.toString();
    }

    private static String blanks(Execution execution, int count) {
        execution.charge(count);
        return " ".repeat(Math.max(0, count));
    }

    private void append(Object value, int level) {
        execution.step();
        if (value == None.NONE) {
            result.append("null");
        } else if (value instanceof Boolean) {
            result.append(value);
        } else if (value instanceof Double number) {
            result.append(number(number));
        } else if (value instanceof Number) {
            result.append(value);
        } else if (value instanceof String text) {
            quote(text);
        } else if (value instanceof Map<?, ?> map) {
            appendAll('{', '}', keys(map), map, level);
        } else if (value instanceof List<?> list && !(value instanceof Generated)) {
            appendAll('[', ']', list, null, level);
        } else {
            throw TemplateFault.failure("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private Collection<?> keys(Map<?, ?> map) {
        List<Object> keys = new ArrayList<>(map.keySet());
        if (sortKeys) {
            keys.sort(Values::compare);
        }
        return keys;
    }

    private void appendAll(char open, char close, Collection<?> elements, @Nullable Map<?, ?> map, int level) {
        result.append(open);
        boolean first = true;
        for (Object element : elements) {
            result.append(first ? "" : itemSeparator);
            first = false;
            newLine(level + 1);
            Object value = element;
            if (map != null) {
                quote(key(element));
                result.append(keySeparator);
                value = map.get(element);
            }
            append(value == null ? None.NONE : value, level + 1);
        }
        if (!first) {
            newLine(level);
        }
        result.append(close);
    }

    private static String key(Object key) {
        if (key == None.NONE) {
            return "null";
        }
        return key instanceof Boolean ? key.toString() : PythonText.str(key);
    }

    private void newLine(int level) {
        if (indent != null) {
            execution.charge((long) result.length() + (long) level * indent.length());
            result.append('\n').append(indent.repeat(level));
        }
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.number(value);
    }

    private void quote(String text) {
        execution.charge((long) result.length() + text.length());
        result.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int known = "\"\\\n\r\t\b\f".indexOf(c);
            if (known >= 0) {
                result.append('\\').append("\"\\nrtbf".charAt(known));
            } else if (c < 32 || (ascii && c > 126)) {
                result.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                result.append(c);
            }
        }
        result.append('"');
    }
}
