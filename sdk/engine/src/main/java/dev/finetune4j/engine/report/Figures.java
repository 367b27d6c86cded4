package dev.finetune4j.engine.report;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them: few digits, a unit, the same in every language setting. */
public final class Figures {
    private static final double KIBI = 1024;

    private Figures() {}

    /** A whole number with separators, such as {@code 12,345}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A large number in three digits, such as {@code 134.5 M}. */
    public static String large(double value) {
        if (value >= 1e9) {
            return String.format(Locale.ROOT, "%.2f B", value / 1e9);
        }
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.1f M", value / 1e6);
        }
        if (value >= 1e4) {
            return String.format(Locale.ROOT, "%.1f k", value / 1e3);
        }
        return count(Math.round(value));
    }

    /** A large number in three digits, such as {@code 134.5 M}. */
    public static String large(long value) {
        return large((double) value);
    }

    /** Bytes, such as {@code 1.9 GiB}. */
    public static String bytes(long value) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double size = (double) value;
        while (size >= KIBI && unit < units.length - 1) {
            size /= KIBI;
            unit++;
        }
        String digits = unit == 0 || size >= 100 ? "%.0f %s" : "%.1f %s";
        return String.format(Locale.ROOT, digits, size, units[unit]);
    }

    /** A time span in its two largest units, such as {@code 6 min 12 s}. */
    public static String duration(Duration duration) {
        long seconds = Math.round(duration.toMillis() / 1000.0);
        if (seconds < 60) {
            return seconds == 0 && !duration.isZero() ? "under 1 s" : seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        long minutes = Math.round(seconds / 60.0);
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }

    /** A time that money must pay for, in the same way, and never more than it is: at a price, what is rounded up comes to more. */
    public static String atMost(Duration limit) {
        long seconds = limit.toSeconds();
        return duration(Duration.ofSeconds(seconds < 3600 ? seconds : seconds - seconds % 60));
    }

    /** A share, such as {@code 3.4 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
    }

    /** {@code 1 step}, {@code 2 steps}. */
    public static String steps(long count) {
        return count(count) + (count == 1 ? " step" : " steps");
    }

    /** {@code 1 row}, {@code 2 rows}. */
    public static String rows(long count) {
        return count(count) + (count == 1 ? " row" : " rows");
    }
}
