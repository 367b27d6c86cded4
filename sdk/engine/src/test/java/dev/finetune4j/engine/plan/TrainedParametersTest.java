package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.report.SampleRun;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import org.junit.jupiter.api.Test;

class TrainedParametersTest {
    /** 8 layers of width 512, whose queries, 4 heads of 128, share one head of keys and one of values. */
    private static final Architecture MODEL = Architecture.ofSizes(512, 8, 1000);

    @Test
    void aVirtualTokenIsAnEmbeddingOrKeysAndValuesOfEachLayer() {
        assertThat(MODEL.keyValueWidth()).isEqualTo(128);
        assertThat(trained(new PromptTuning(20, null))).isEqualTo(20 * 512);
        assertThat(trained(new PrefixTuning(20, null))).isEqualTo(20 * 8 * 2 * 128);
    }

    private static double trained(TuningMethod method) {
        return TrainedParameters.of(SampleRun.job().toBuilder().method(method).build(), MODEL);
    }
}
