package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The percentile bootstrap (Efron 1979): rows are drawn with replacement, as many as there are, and each statistic is taken
 * over the drawn rows. All statistics see the same draws, so that differences between them are paired.
 *
 * <p>The draws come from {@link Random}, whose algorithm is part of its specification: the same seed gives the same intervals
 * on every Java version.
 */
final class Bootstrap {
    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private final int rows;
    private final int resamples;
    private final long seed;

    Bootstrap(int rows, int resamples, long seed) {
        this.rows = rows;
        this.resamples = resamples;
        this.seed = seed;
    }

    /** Each statistic over each resample: {@code [statistics][resamples]}. */
    double[][] distributions(List<Statistic> statistics) {
        double[][] values = new double[statistics.size()][resamples];
        Random random = new Random(seed);
        int[] times = new int[rows];
        for (int sample = 0; sample < resamples; sample++) {
            Arrays.fill(times, 0);
            for (int draw = 0; draw < rows; draw++) {
                times[random.nextInt(rows)]++;
            }
            for (int i = 0; i < values.length; i++) {
                values[i][sample] = statistics.get(i).over(times);
            }
        }
        return values;
    }

    /** The statistic over the rows as they are. */
    double value(Statistic statistic) {
        int[] once = new int[rows];
        Arrays.fill(once, 1);
        return statistic.over(once);
    }

    /** A value with the 95 % interval of its resamples. */
    static Interval interval(double value, double[] distribution) {
        double[] sorted = distribution.clone();
        Arrays.sort(sorted);
        return new Interval(value, quantile(sorted, LOW), quantile(sorted, HIGH));
    }

    /** {@code a - b}, resample by resample. */
    static double[] differences(double[] a, double[] b) {
        double[] differences = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            differences[i] = a[i] - b[i];
        }
        return differences;
    }

    /** Two-sided p-value of "the difference is zero", with the observed value counted as a resample. */
    static double pValue(double[] differences) {
        long notAbove = Arrays.stream(differences).filter(d -> d <= 0).count();
        long notBelow = Arrays.stream(differences).filter(d -> d >= 0).count();
        return Math.min(1, 2.0 * (Math.min(notAbove, notBelow) + 1) / (differences.length + 1));
    }

    /** The quantile with linear interpolation between neighbours, NumPy's default. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
