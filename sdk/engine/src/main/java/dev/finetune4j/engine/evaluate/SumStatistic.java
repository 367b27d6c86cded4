package dev.finetune4j.engine.evaluate;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * A metric that depends on the rows through sums only, such as a mean, corpus perplexity or BLEU.
 */
final class SumStatistic implements Statistic {
    private final double[][] addends;
    private final ToDoubleFunction<double[]> score;

    /**
     * A metric of sums.
     *
     * @param addends {@code [rows][sums]}: what each row adds to each sum
     * @param score the metric from the sums over all drawn rows
     */
    SumStatistic(double[][] addends, ToDoubleFunction<double[]> score) {
        this.addends = addends;
        this.score = score;
    }

    /** The mean of one figure a row. */
    static SumStatistic mean(double[] figures) {
        double[][] addends = Arrays.stream(figures)
                .mapToObj(figure -> new double[] {figure, 1})
                .toArray(double[][]::new);
        return new SumStatistic(addends, sums -> sums[0] / sums[1]);
    }

    @Override
    public double over(int[] times) {
        double[] sums = new double[addends[0].length];
        for (int row = 0; row < addends.length; row++) {
            int weight = times[row];
            if (weight > 0) {
                double[] addend = addends[row];
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += weight * addend[i];
                }
            }
        }
        return score.applyAsDouble(sums);
    }
}
