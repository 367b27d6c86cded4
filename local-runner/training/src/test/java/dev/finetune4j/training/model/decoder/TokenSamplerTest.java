package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.finetune4j.run.Sampling;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {
    private static final float[] LOGITS = {
        (float) Math.log(0.1), (float) Math.log(0.6), (float) Math.log(0.05), (float) Math.log(0.25)
    };

    @Test
    void takesTheLikeliestAtTemperatureZero() {
        assertThat(new TokenSampler(Sampling.greedy(1)).next(LOGITS)).isEqualTo(1);
        assertThat(new TokenSampler(Sampling.greedy(1)).next(new float[] {2, 3, 3}))
                .isEqualTo(1);
    }

    @Test
    void drawsByProbability() {
        double[] shares = shares(new Sampling(1, 1, 1, 3));

        assertThat(shares).containsExactly(new double[] {0.1, 0.6, 0.05, 0.25}, offset(0.02));
    }

    @Test
    void drawsFromTheSmallestSetThatReachesTopP() {
        double[] shares = shares(new Sampling(1, 1, 0.8, 3));

        assertThat(shares).containsExactly(new double[] {0, 0.6 / 0.85, 0, 0.25 / 0.85}, offset(0.02));
    }

    @Test
    void temperatureSharpens() {
        assertThat(shares(new Sampling(1, 0.25, 1, 3))[1]).isGreaterThan(0.95);
    }

    private static double[] shares(Sampling sampling) {
        TokenSampler sampler = new TokenSampler(sampling);
        double[] shares = new double[LOGITS.length];
        IntStream.range(0, 10_000).forEach(draw -> shares[sampler.next(LOGITS)] += 1e-4);
        return shares;
    }
}
