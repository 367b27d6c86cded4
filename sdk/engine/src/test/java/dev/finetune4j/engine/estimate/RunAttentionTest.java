package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunAttentionTest {
    /** Transformers wrote scores out until it had SDPA for a model, which then was the default. */
    @ParameterizedTest
    @CsvSource({
        "Llama-2-7b, hf-trainer, 2023-11, EAGER",
        "Llama-2-7b, transformers Trainer 4.35.2, '', EAGER",
        "Llama-2-7b, transformers 4.36.2, 2023-11, FUSED",
        "Llama-2-7b, hf-trainer, 2023, ",
        "Llama-2-7b, hf-trainer, 2023-12, ",
        "Llama-2-7b, hf-trainer, '', ",
        "LLaMA-7B (Alpaca), hf-trainer, 2023-03, EAGER",
        "Llama-2-7b, torch fsdp, 2023-11, ",
        "Llama-2-7b, xtuner, 2023-11, ",
        "Mistral-7B, trl, 2024-01, ",
        "Mistral-7B, trl, 2023-12, EAGER",
        "gpt2, hf-trainer, 2024-03, EAGER",
        "gpt2, hf-trainer, 2024-09, ",
        "opt-1.3b, hf-trainer, 2024-09, EAGER",
        "falcon-7b, hf-trainer, 2023-07, ",
        "chatglm2-6b, hf-trainer, 2023-07, ",
        "roberta-large, hf-trainer, 2023-11, EAGER",
        "xlm-roberta-base, transformers 4.45.0, '', FUSED",
        "albert-base-v2, transformers 4.44.2, '', EAGER",
        "distilbert-base-uncased, transformers 4.45.2, '', EAGER",
        "flan-t5-xxl, hf-trainer, 2026-01, EAGER",
        "bigscience/T0_3B, hf-trainer, 2022-12, EAGER",
        "t5-base, transformers 5.15.0, '', FUSED",
        "codet5-base, hf-trainer, 2023-11, EAGER",
        "gpt5-mini-copy, hf-trainer, 2023-11, ",
        "bert-base-uncased, transformers 4.41.0, '', FUSED",
        "roberta-base, hf-trainer, 2025-06, FUSED",
        "facebook/bart-large-cnn, hf-trainer, 2023-11, EAGER",
        "facebook/mbart-large-50, transformers 4.36.0, '', EAGER",
        "bigcode/starcoderbase-1b, transformers 4.35.2, '', EAGER",
        "bigcode/starcoder2-3b, transformers 4.35.2, '', ",
        "gemma-2-9b-it, transformers 4.46.1, '', EAGER",
        "gemma-2b, transformers 4.46.1, '', ",
        "google/pegasus-xsum, transformers 4.51.3, '', EAGER",
        "google/electra-base-discriminator, transformers 4.57.1, '', EAGER",
        "EleutherAI/gpt-j-6b, hf-trainer, 2025-03, EAGER",
        "bigscience/bloomz-7b1, hf-trainer, 2025-03, EAGER",
        "EleutherAI/gpt-neo-1.3B, hf-trainer, 2025-03, EAGER",
        "bloom-7b1, colossalai, 2025-03, "
    })
    void takesScoresForWrittenOutWhereTransformersWroteThem(
            String model, String framework, String date, @Nullable Attention attention) {
        SampleRun run =
                SampleRun.with("model", model).set("framework", framework).set("date", date);

        assertThat(run.setup().attention()).isEqualTo(attention);
    }

    @ParameterizedTest
    @CsvSource({
        "yes, '', FUSED",
        "fa2, '', FUSED",
        "no, '', EAGER",
        "'', flash attention, FUSED",
        "'', eager attention, EAGER"
    })
    void readsOfAttentionBeforeItsDate(String column, String notes, Attention attention) {
        SampleRun run = SampleRun.with("flash_attention", column).set("notes", notes);

        assertThat(run.set("model", "Llama-2-7b").set("date", "2023-03").setup().attention())
                .isEqualTo(attention);
    }

    /** No package for it is there, which says nothing of what transformers or Unsloth do by themselves; "eager" does. */
    @ParameterizedTest
    @CsvSource({
        "no, Llama-2-7b, hf-trainer, 2024-09, FUSED",
        "no, Llama-2-7b, hf-trainer, 2024-04, FUSED",
        "eager, Llama-2-7b, hf-trainer, 2024-09, EAGER",
        "no, Llama-2-7b, own loop, 2024-09, EAGER",
        "no, decoder of 6 layers, hf-trainer, 2024-09, EAGER",
        "no (eager), Llama-2-7b, hf-trainer, 2024-09, EAGER",
        "'no, eager default', Llama-2-7b, hf-trainer, 2024-09, EAGER",
        "no (attention scores written out), Llama-2-7b, hf-trainer, 2024-09, EAGER",
        "no (sdpa), Llama-2-7b, hf-trainer, 2024-09, FUSED",
        "'no (Xformers=None, FA2=False)', Llama-2-7b, unsloth, 2024-09, FUSED",
        "no, Llama-2-7b, unsloth, 2024-09, FUSED"
    })
    void takesNoFlashAttentionForWhatItsTrainerHasInstead(
            String column, String model, String framework, String date, Attention attention) {
        SampleRun run = SampleRun.with("flash_attention", column).set("model", model);

        assertThat(run.set("framework", framework).set("date", date).setup().attention())
                .isEqualTo(attention);
    }
}
