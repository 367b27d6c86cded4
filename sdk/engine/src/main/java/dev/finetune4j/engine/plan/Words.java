package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.PurchaseTier;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.IntStream;

/** Figures in the words of plans. */
final class Words {
    private static final double GIB = 1L << 30;
    private static final int MOST_DECIMALS = 4;
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    static String large(double value) {
        return Figures.large(value);
    }

    static String gib(double gib) {
        return String.format(Locale.ROOT, gib < 10 ? "%.1f" : "%,.0f", gib);
    }

    /** The same, to as many decimals as tell it from {@code other}, which it is told beside. */
    static String gibBeside(double gib, double other) {
        if (!gib(gib).equals(gib(other))) {
            return decimals(gib, gib < 10 ? 1 : 0);
        }
        return IntStream.range(1, MOST_DECIMALS)
                .filter(count -> !decimals(gib, count).equals(decimals(other, count)))
                .mapToObj(count -> decimals(gib, count))
                .findFirst()
                .orElseGet(() -> decimals(gib, MOST_DECIMALS));
    }

    private static String decimals(double gib, int count) {
        return String.format(Locale.ROOT, "%,." + count + "f", gib);
    }

    static String gibBeside(long bytes, long other) {
        return gibBeside(bytes / GIB, other / GIB);
    }

    static String gibOf(long bytes) {
        return gib(bytes / GIB);
    }

    static String validations(long count) {
        return Figures.count(count) + (count == 1 ? " validation loss" : " validation losses");
    }

    static long bytes(double gib) {
        return Math.round(gib * GIB);
    }

    /** Such as {@code 0.35 s} or {@code 12 s}: shorter than a second tells, too. */
    static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 10 ? "%.2g s" : "%.0f s", seconds);
    }

    /** To the minute, in UTC. */
    static String moment(Instant at) {
        return MINUTES.format(at) + " UTC";
    }

    static String tier(PurchaseTier tier) {
        return tier.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
