package dev.finetune4j.engine.evaluate;

import dev.finetune4j.job.MetricName;

/** A metric as an error that falls to 0: the distance to the best value, or for perplexity its logarithm, the loss in nats. */
final class MetricError {
    private MetricError() {}

    static double of(MetricName metric, double value) {
        return metric.equals(MetricName.PERPLEXITY) ? Math.log(value) : best(metric) - value;
    }

    /** The metric that has this error; that of an error beyond the worst value is the worst. */
    static double value(MetricName metric, double error) {
        return metric.equals(MetricName.PERPLEXITY) ? Math.exp(error) : Math.max(0, best(metric) - error);
    }

    private static double best(MetricName metric) {
        return metric.equals(MetricName.BLEU) || metric.equals(MetricName.CHRF) ? 100 : 1;
    }
}
