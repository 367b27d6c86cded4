package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTargetsTest {
    @ParameterizedTest
    @ValueSource(strings = {"q_proj/k_proj/v_proj/o_proj", "['q_proj', 'k_proj', 'v_proj', 'o_proj']", "qkvo"})
    void readsTargetsInOtherWords(String targets) {
        assertThat(SampleRun.with("lora_targets", targets).setup().targets())
                .isEqualTo(EnumSet.of(Projection.QUERY, Projection.KEY, Projection.VALUE, Projection.OUTPUT));
    }
}
