package dev.finetune4j.modelfiles.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code strftime_now}: Python's {@code strftime} in English. */
final class TimeText {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "yyyy"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('y', "yy"),
            Map.entry('j', "DDD"));

    private static final Pattern DIRECTIVE = Pattern.compile("%(-?)(.)", Pattern.DOTALL);

    private TimeText() {}

    static String format(String format, LocalDateTime time) {
        return DIRECTIVE.matcher(format).replaceAll(directive -> {
            String text = field(directive.group(2).charAt(0), time);
            boolean unpadded = !directive.group(1).isEmpty();
            return Matcher.quoteReplacement(unpadded ? text.replaceFirst("^0+(?=\\d)", "") : text);
        });
    }

    private static String field(char directive, LocalDateTime time) {
        if (directive == '%') {
            return "%";
        }
        String pattern = PATTERNS.get(directive);
        return pattern == null
                ? "%" + directive
                : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
