package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Writes a tree as YAML in the block style that people write, with a comment behind each leaf. Texts are plain where that is
 * safe, in a literal block where they have lines, and in double quotes otherwise.
 */
public final class YamlText {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z/][A-Za-z0-9_./@=!<>+-]*( [A-Za-z0-9_./@=<>+-]+)*|[0-9]+(\\.[0-9]+)? [A-Z]{3}");
    private static final Pattern RESERVED = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");
    private static final int COMMENT_COLUMN = 48;

    private final Function<String, String> comments;
    private final StringBuilder out = new StringBuilder();

    private YamlText(Function<String, String> comments) {
        this.comments = comments;
    }

    /**
     * Writes a mapping.
     *
     * @param comments what stands behind a leaf, by its path such as {@code training.epochs}; an empty text for nothing
     */
    static String block(JsonNode mapping, Function<String, String> comments) {
        YamlText yaml = new YamlText(comments);
        yaml.entries(mapping, "", "");
        return yaml.out.toString();
    }

    /** Writes texts as a list on one line, quoted where they must be: {@code [calm, "no", "a, b"]}. */
    public static String list(Collection<String> texts) {
        return texts.stream().map(YamlText::text).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Writes a value on one line. */
    static String flow(JsonNode value) {
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(YamlText::flow)
                    .collect(Collectors.joining(", ", "[", "]"));
        } else if (value.isObject()) {
            return value.properties().stream()
                    .map(entry -> text(entry.getKey()) + ": " + flow(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value.isTextual()) {
            return text(value.textValue());
        }
        return value.isDouble() ? number(value.doubleValue()) : value.toString();
    }

    /** Writes a number as people do: 3 rather than 3.0, 2e-4 rather than 2.0E-4. Reads back to the same double. */
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.toString(value).replace(".0E", "e").replace('E', 'e');
    }

    /** The path of a key below another; the root's path is empty. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private void entries(JsonNode mapping, String path, String indent) {
        for (Map.Entry<String, JsonNode> entry : mapping.properties()) {
            String key = join(path, entry.getKey());
            JsonNode value = entry.getValue();
            String start = indent + text(entry.getKey()) + ":";
            if (value.isObject() && !value.isEmpty()) {
                out.append(start).append('\n');
                entries(value, key, indent + "  ");
            } else if (value.isTextual() && isBlock(value.textValue())) {
                literal(start, value.textValue(), key, indent + "  ");
            } else {
                line(start + " " + flow(value), value.isArray() && !value.isEmpty() ? key + "[0]" : key);
            }
        }
    }

    private void line(String content, String path) {
        String comment = comments.apply(path);
        out.append(content);
        if (!comment.isEmpty()) {
            out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - content.length())))
                    .append("# ")
                    .append(comment);
        }
        out.append('\n');
    }

    private void literal(String start, String text, String path, String indent) {
        line(start + (text.endsWith("\n") ? " |" : " |-"), path);
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        for (String line : body.split("\n", -1)) {
            out.append(line.isEmpty() ? "" : indent + line).append('\n');
        }
    }

    private static boolean isBlock(String text) {
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return body.indexOf('\n') > 0
                && body.charAt(0) != ' '
                && !body.endsWith("\n")
                && !body.substring(body.lastIndexOf('\n') + 1).isBlank()
                && text.codePoints().allMatch(point -> point == '\n' || isPlainlyPrintable(point));
    }

    private static String text(String text) {
        if (PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches()) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
            } else if (point == '\n') {
                quoted.append("\\n");
            } else if (isPlainlyPrintable(point)) {
                quoted.appendCodePoint(point);
            } else {
                quoted.append(String.format(point > 0xFFFF ? "\\U%08X" : "\\u%04X", point));
            }
        });
        return quoted.append('"').toString();
    }

    private static boolean isPlainlyPrintable(int point) {
        return (point >= 0x20 && point <= 0x7E)
                || (point >= 0xA0 && point <= 0xD7FF && point != 0x2028 && point != 0x2029)
                || (point >= 0xE000 && point <= 0xFFFD && point != 0xFEFF)
                || (point >= 0x10000 && point <= 0x10FFFF);
    }
}
