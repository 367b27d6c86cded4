package dev.finetune4j.json;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 90s}, {@code 45m}, {@code 2h30m}, {@code 1d}. */
public final class Durations {
    private static final Pattern SHAPE = Pattern.compile(
            "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?:in)?)?(?:(\\d{1,9})(?:\\.(\\d{1,9}))?s)?");

    private Durations() {}

    /**
     * Reads a duration, also in ISO 8601 ({@code PT45M}) and with {@code min} for {@code m} ({@code 45min}).
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static Duration parse(String text) {
        String trimmed = text.trim();
        if (trimmed.startsWith("P")) {
            return Duration.parse(trimmed);
        }
        Matcher parts = SHAPE.matcher(trimmed);
        if (trimmed.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException("a duration looks like 90s, 45m or 2h30m, was " + text);
        }
        return Duration.ofDays(number(parts, 1))
                .plusHours(number(parts, 2))
                .plusMinutes(number(parts, 3))
                .plusSeconds(number(parts, 4))
                .plusNanos(fraction(parts));
    }

    /** Writes the shortest form that {@link #parse} reads back to the same duration. */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            return duration.toString();
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toDaysPart(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        if (duration.toNanosPart() > 0) {
            String nanos = String.format(java.util.Locale.ROOT, "%09d", duration.toNanosPart())
                    .replaceAll("0+$", "");
            text.append(duration.toSecondsPart()).append('.').append(nanos).append('s');
        } else {
            append(text, duration.toSecondsPart(), "s");
        }
        return text.length() == 0 ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }

    private static long number(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Long.parseLong(parts.group(group));
    }

    private static long fraction(Matcher parts) {
        return parts.group(5) == null ? 0 : Long.parseLong((parts.group(5) + "000000000").substring(0, 9));
    }
}
