package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameworksTest {
    @ParameterizedTest
    @CsvSource({
        "finetune4j, FINETUNE4J",
        "finetune4j-peft, FINETUNE4J_GPU",
        "finetune4j 0.1.0 on transformers and PEFT, FINETUNE4J_GPU",
        "Finetune4j/PEFT, FINETUNE4J_GPU",
        "TRL and PEFT, HUGGING_FACE"
    })
    void tellsItsOwnEngineOnGpusFromItsCoreAndFromPeft(String framework, Framework read) {
        assertThat(SampleRun.with("framework", framework).setup().framework()).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({
        "LLaMA Factory, HUGGING_FACE, FULL",
        "Lit GPT, LITGPT, ",
        "SFTTrainer, HUGGING_FACE, ",
        "torch fsdp, OTHER, ",
        "MaxText (JAX), TUNED, ",
        "FlagScale, MEGATRON, ",
        "torchtitan, TUNED, SELECTIVE",
        "autotrain-advanced, HUGGING_FACE, FULL",
        "H2O LLM Studio, HUGGING_FACE, FULL"
    })
    void knowsAFrameworkHoweverItIsDivided(String name, Framework read, @Nullable Checkpointing checkpointing) {
        assertThat(new Frameworks(name).framework(false)).isEqualTo(read);
        assertThat(new Frameworks(name).checkpointing()).isEqualTo(checkpointing);
    }
}
