package dev.finetune4j.engine.estimate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves coefficients from their centres towards measurements: the most probable ones under normal priors on their logarithms
 * and a robust (soft-L1) error of the logarithm, by Gauss-Newton. Rows whose setup leaves much open weigh less, and so do those
 * of a family with many.
 */
final class CoefficientFit {
    private static final int ROUNDS = 10;
    private static final double STEP = 1e-3;
    /** Standard error of a row whose setup leaves nothing open. */
    private static final double ERROR = 0.12;

    private static final double FARTHEST = 3;

    /** Mean and variance of the logarithm over what a setup may mean. */
    private record Spread(double mean, double variance) {
        static Spread of(Evidence row, Coefficients coefficients) {
            double sum = 0;
            double squares = 0;
            for (Scenario scenario : row.scenarios()) {
                double log = Math.log(scenario.value(coefficients));
                sum += log;
                squares += log * log;
            }
            int count = row.scenarios().size();
            double mean = sum / count;
            return new Spread(mean, Math.max(0, squares / count - mean * mean));
        }
    }

    private final Coefficient[] coefficients;
    private final List<Evidence> rows;
    private final double[] weights;

    CoefficientFit(Coefficient[] coefficients, List<Evidence> rows) {
        this.coefficients = coefficients;
        this.rows = rows;
        Map<String, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row.family(), 1, Integer::sum));
        this.weights = rows.stream()
                .mapToDouble(row -> 1 / Math.sqrt(counts.getOrDefault(row.family(), 1)))
                .toArray();
    }

    Coefficients fit() {
        int n = coefficients.length;
        Coefficients centres = Coefficients.centres(coefficients);
        double[] steps = new double[n];
        for (int round = 0; round < ROUNDS; round++) {
            Coefficients here = centres.moved(coefficients, steps);
            double[][] normal = new double[n][n + 1]; // [n, n] and the right side
            for (int i = 0; i < n; i++) {
                normal[i][i] = 1;
                normal[i][n] = -steps[i];
            }
            Spread[] spreads = new Spread[rows.size()];
            Arrays.parallelSetAll(spreads, r -> Spread.of(rows.get(r), here));
            double[][] slopes = new double[n][spreads.length];
            for (int i = 0; i < n; i++) {
                steps[i] += STEP;
                Coefficients beside = centres.moved(coefficients, steps);
                steps[i] -= STEP;
                Arrays.parallelSetAll(
                        slopes[i], r -> (Spread.of(rows.get(r), beside).mean() - spreads[r].mean()) / STEP);
            }
            for (int r = 0; r < spreads.length; r++) {
                double error = Math.sqrt(ERROR * ERROR + spreads[r].variance());
                double residual = (spreads[r].mean() - Math.log(rows.get(r).observed())) / error;
                double weight = weights[r] / Math.sqrt(1 + residual * residual);
                for (int i = 0; i < n; i++) {
                    double slope = slopes[i][r] / error;
                    normal[i][n] -= weight * slope * residual;
                    for (int j = 0; j < n; j++) {
                        normal[i][j] += weight * slope * slopes[j][r] / error;
                    }
                }
            }
            double[] move = solve(normal);
            for (int i = 0; i < n; i++) {
                steps[i] = Math.max(-FARTHEST, Math.min(FARTHEST, steps[i] + 0.7 * move[i]));
            }
        }
        return centres.moved(coefficients, steps);
    }

    /** Gaussian elimination; the prior keeps the matrix positive definite, so that no pivot is needed. */
    private static double[] solve(double[][] system) {
        int n = system.length;
        for (int i = 0; i < n; i++) {
            for (int k = i + 1; k < n; k++) {
                double factor = system[k][i] / system[i][i];
                for (int j = i; j <= n; j++) {
                    system[k][j] -= factor * system[i][j];
                }
            }
        }
        double[] solution = new double[n];
        for (int i = n - 1; i >= 0; i--) {
            double sum = system[i][n];
            for (int j = i + 1; j < n; j++) {
                sum -= system[i][j] * solution[j];
            }
            solution[i] = sum / system[i][i];
        }
        return solution;
    }
}
