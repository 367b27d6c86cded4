package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunParametersTest {
    private static final List<TuningMethod> METHODS = List.of(
            LoraTuning.defaults(),
            QloraTuning.defaults(),
            FullTuning.defaults(),
            HeadTuning.defaults(),
            PromptTuning.defaults(),
            PrefixTuning.defaults());

    @Test
    void everyMethodHasAName() {
        assertThat(METHODS).hasSameSizeAs(TuningMethod.class.getPermittedSubclasses());
        assertThat(METHODS)
                .extracting(method -> RunParameters.method(
                        SampleRun.job().toBuilder().method(method).build()))
                .containsExactly(
                        "LoRA, rank 16",
                        "QLoRA, rank 16",
                        "full fine-tuning",
                        "classification head",
                        "prompt tuning, 20 virtual tokens",
                        "prefix tuning, 20 virtual tokens");
    }
}
