package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.PurchaseTier;
import java.util.Locale;

/** Figures in the words of plans. */
final class Words {
    private static final double GIB = 1L << 30;

    private Words() {}

    static String large(double value) {
        return Figures.large(value);
    }

    static String gib(double gib) {
        return String.format(Locale.ROOT, gib < 10 ? "%.1f" : "%.0f", gib);
    }

    static String gibOf(long bytes) {
        return gib(bytes / GIB);
    }

    static long bytes(double gib) {
        return Math.round(gib * GIB);
    }

    static String tier(PurchaseTier tier) {
        return tier.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
