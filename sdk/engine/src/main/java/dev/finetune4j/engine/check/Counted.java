package dev.finetune4j.engine.check;

import java.util.Locale;

/** Numbers in sentences. */
final class Counted {
    private Counted() {}

    /** {@code 1 row}, {@code 2,345 rows}. */
    static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? noun : noun + "s");
    }

    /** {@code 12 of 345 rows (3.5 %)}. */
    static String share(long count, long all, String noun) {
        return String.format(Locale.ROOT, "%,d of %s (%s)", count, of(all, noun), percent((double) count / all));
    }

    /** {@code 3.5 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
