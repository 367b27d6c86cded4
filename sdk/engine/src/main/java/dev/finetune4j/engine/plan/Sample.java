package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.DurationRange;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A quantity in each of the worlds that may come about. Sums and products are taken world by world, so that their percentiles are
 * right: the P90 of a sum is less than the sum of the P90s.
 */
final class Sample {
    private final double[] values;
    private @Nullable Percentiles known;

    private Sample(double[] values) {
        this.values = values;
    }

    /** Takes over an array. */
    static Sample of(double[] values) {
        return new Sample(values);
    }

    Sample plus(Sample other) {
        double[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.values[i];
        }
        return new Sample(sum);
    }

    Sample times(Sample other) {
        double[] product = values.clone();
        for (int i = 0; i < product.length; i++) {
            product[i] *= other.values[i];
        }
        return new Sample(product);
    }

    Sample times(double factor) {
        double[] product = values.clone();
        for (int i = 0; i < product.length; i++) {
            product[i] *= factor;
        }
        return new Sample(product);
    }

    /** The median moved, and every world's distance from it widened, on the side on which it lies. */
    Sample corrected(Correction correction) {
        if (correction.runs() == 0) {
            return this;
        }
        double median = percentiles().likely();
        if (median <= 0) {
            return this;
        }
        double below = correction.widening(Math.log(median / percentiles().low()) / Uncertain.NINETIETH);
        double above = correction.widening(Math.log(percentiles().high() / median) / Uncertain.NINETIETH);
        double[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            double widening = moved[i] < median ? below : above;
            moved[i] = correction.factor() * median * Math.pow(moved[i] / median, widening);
        }
        return new Sample(moved);
    }

    /** In each world the lesser of this and the other. */
    Sample atMost(Sample other) {
        double[] least = values.clone();
        for (int i = 0; i < least.length; i++) {
            least[i] = Math.min(least[i], other.values[i]);
        }
        return new Sample(least);
    }

    /** In each world the greater of this and the other. */
    Sample atLeast(Sample other) {
        double[] most = values.clone();
        for (int i = 0; i < most.length; i++) {
            most[i] = Math.max(most[i], other.values[i]);
        }
        return new Sample(most);
    }

    /** The percentiles P10, P50 and P90. */
    Percentiles percentiles() {
        if (known == null) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            known = new Percentiles(at(sorted, 0.1), at(sorted, 0.5), at(sorted, 0.9));
        }
        return known;
    }

    /** The percentiles of seconds, to the second. */
    DurationRange seconds() {
        return percentiles().seconds();
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /**
     * Percentiles of a sample.
     *
     * @param low P10
     * @param likely P50
     * @param high P90
     */
    record Percentiles(double low, double likely, double high) {
        /** These ends around another median, which lies between them or at one. */
        Percentiles around(double median) {
            return new Percentiles(Math.min(low, median), median, Math.max(high, median));
        }

        DurationRange seconds() {
            return new DurationRange(whole(low), whole(likely), whole(high));
        }

        private static Duration whole(double seconds) {
            return Duration.ofSeconds(Math.round(seconds));
        }
    }
}
