package dev.finetune4j.engine.estimate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shares and quantiles of small lists; null where a list is empty. */
final class Quantiles {
    private Quantiles() {}

    static @Nullable Double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    static @Nullable Double quantile(List<Double> values, double share) {
        if (values.isEmpty()) {
            return null;
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    static @Nullable Double share(List<Boolean> claims) {
        return claims.isEmpty()
                ? null
                : (Double) (claims.stream().filter(claim -> claim).count() / (double) claims.size());
    }
}
