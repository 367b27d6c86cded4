package dev.finetune4j.engine.report.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear scale with round ends.
 *
 * @param low value at its start
 * @param high value at its end
 * @param step distance of its ticks
 */
record Axis(double low, double high, double step) {
    /** A scale that covers the values with about so many ticks. */
    static Axis covering(double smallest, double largest, int ticks) {
        double span = largest - smallest;
        if (span <= 0) {
            span = Math.max(Math.abs(largest), 1);
        }
        double step = roundStep(span / ticks);
        double low = Math.floor(smallest / step + 1e-9) * step;
        double high = Math.ceil(largest / step - 1e-9) * step;
        return new Axis(low, high > low ? high : low + step, step);
    }

    /** A scale of counts from 0 to at least {@code last}, with about so many ticks, each a whole number. */
    static Axis counting(int last, int ticks) {
        double step = Math.max(1, roundStep((double) last / ticks));
        double whole = step == Math.rint(step) ? step : 2 * step; // of 2.5
        return new Axis(0, Math.max(1, Math.ceil(last / whole - 1e-9)) * whole, whole);
    }

    /** Where a value lies, 0 at the start and 1 at the end; values beyond the ends lie at the ends. */
    double share(double value) {
        return Math.max(0, Math.min(1, (value - low) / (high - low)));
    }

    /** The ticks, both ends included. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((high - low) / step);
        for (int i = 0; i <= count; i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    /** Digits after the point that every tick needs. */
    private int decimals() {
        int decimals = 0;
        double scaled = step;
        while (decimals < 12 && Math.abs(scaled - Math.rint(scaled)) > 1e-6) {
            scaled *= 10;
            decimals++;
        }
        return decimals;
    }

    /** A tick as it is written: with separators, and as many digits after the point as every tick needs. */
    String label(double tick) {
        return String.format(Locale.ROOT, "%,." + decimals() + "f", tick);
    }

    /** The next of 1, 2, 2.5 and 5 times a power of ten. */
    private static double roundStep(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (rough <= factor * power * (1 + 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
