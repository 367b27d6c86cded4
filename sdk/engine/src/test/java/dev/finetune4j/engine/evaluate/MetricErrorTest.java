package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.job.MetricName;
import org.junit.jupiter.api.Test;

class MetricErrorTest {
    @Test
    void anErrorIsThatOfItsMetric() {
        assertThat(MetricError.value(MetricName.MACRO_F1, MetricError.of(MetricName.MACRO_F1, 0.4)))
                .isCloseTo(0.4, within(1e-12));
        assertThat(MetricError.value(MetricName.BLEU, MetricError.of(MetricName.BLEU, 30)))
                .isCloseTo(30, within(1e-12));
        assertThat(MetricError.value(MetricName.PERPLEXITY, MetricError.of(MetricName.PERPLEXITY, 7)))
                .isCloseTo(7, within(1e-12));
    }

    /** A law that falls steeply gives few rows an error that no answers have. */
    @Test
    void noErrorMakesAMetricWorseThanItCanBe() {
        assertThat(MetricError.value(MetricName.MACRO_F1, 1.01)).isZero();
        assertThat(MetricError.value(MetricName.CHRF, 120)).isZero();
    }
}
