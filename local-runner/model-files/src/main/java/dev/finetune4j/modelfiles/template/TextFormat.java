package dev.finetune4j.modelfiles.template;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '%s' % x} and {@code '{}'.format(x)}, without widths and precisions. */
final class TextFormat {
    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{(\\w*)}");

    private static final Pattern CONVERSION = Pattern.compile("%.", Pattern.DOTALL);

    private TextFormat() {}

    static String percent(Execution execution, String format, List<Object> arguments) {
        StringBuilder result = new StringBuilder();
        Matcher conversion = CONVERSION.matcher(format);
        int copied = 0;
        int next = 0;
        while (conversion.find()) {
            result.append(format.substring(copied, conversion.start()));
            copied = conversion.end();
            char letter = format.charAt(copied - 1);
            if (letter == '%') {
                result.append('%');
                continue;
            }
            if (next == arguments.size()) {
                throw TemplateFault.failure("not enough arguments for format string");
            }
            String text = converted(letter, arguments.get(next++));
            execution.charge((long) result.length() + text.length());
            result.append(text);
        }
        return result.append(format.substring(copied)).toString();
    }

    private static String converted(char conversion, Object argument) {
        return switch (conversion) {
            case 's' -> PythonText.str(argument);
            case 'r' -> PythonText.repr(argument);
            case 'd', 'i' -> Long.toString(Values.number(argument).longValue());
            default -> throw TemplateFault.failure("unsupported format %" + conversion);
        };
    }

    static String braces(Execution execution, String format, Arguments arguments) {
        StringBuilder result = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        int copied = 0;
        int next = 0;
        while (field.find()) {
            result.append(format.substring(copied, field.start()));
            copied = field.end();
            String name = field.group(1);
            if (name == null) {
                result.append(field.group().charAt(0));
                continue;
            }
            Object value = name.isEmpty()
                    ? arguments.need(next++)
                    : name.chars().allMatch(c -> c >= '0' && c <= '9')
                            ? arguments.need(Values.index(Long.valueOf(name.length() > 9 ? "999999999" : name)))
                            : arguments.named().getOrDefault(name, Undefined.name(name));
            if (value instanceof Undefined undefined) {
                throw undefined.fault();
            }
            String text = PythonText.str(value);
            execution.charge((long) result.length() + text.length());
            result.append(text);
        }
        return result.append(format.substring(copied)).toString();
    }
}
