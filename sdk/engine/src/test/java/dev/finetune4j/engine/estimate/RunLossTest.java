package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunLossTest {
    @ParameterizedTest
    @CsvSource({
        "Liger, FUSED",
        "'GiB; with Liger', FUSED",
        "Liger kernels on, FUSED",
        "liger=yes, FUSED",
        "'fused chunked LM head (no full logits)', FUSED",
        "fused linear cross entropy, FUSED",
        "without Liger, ",
        "liger=no, ",
        "'whole logits, Liger cross entropy', STOCK",
        "'Liger; plain cross entropy', STOCK",
        "'logits not chunked, torch cross entropy', STOCK",
        "chunked CE, FUSED",
        "use_liger_kernel=True, FUSED",
        "use_liger_kernel=False, ",
        "enable_liger_kernel: true, FUSED",
        "liger_kernel, FUSED",
        "liger_fused_linear_cross_entropy: true, FUSED",
        "liger_fused_linear_cross_entropy: false, ",
        "liger fused_linear_cross_entropy=false, ",
        "'Liger, fused_linear_cross_entropy=False', ",
        "'liger_rope: true, liger_rms_norm: true', ",
        "fused_linear_cross_entropy, FUSED",
        "Liger kernels for RMSNorm and SwiGLU only, ",
        "Liger kernel not used, ",
        "not using use_liger_kernel, ",
        "compared with Liger, ",
        "vs Liger 20.1 GB, ",
        "vs. Liger 20.1 GB, ",
        "no fused CE, ",
        "'Liger, no fused CE', ",
        "whole-vocabulary logits, STOCK",
        "fp32 logits of the full vocabulary, STOCK",
        "no full-vocabulary logits, FUSED",
        "plain cross-entropy, STOCK",
        "TRL 1.7.0, FUSED",
        "trl==1.12.0 transformers==5.17, FUSED",
        "TRL SFTTrainer 1.13 + transformers 5.17, FUSED",
        "'trl 1.12, full logits kept', STOCK",
        "TRL 1.6.0, ",
        "trl 0.21, ",
        "trl 0.8.1, ",
        "transformers 4.46; trl, "
    })
    void readsOfTheLossWhetherLogitsAreWrittenOut(String notes, @Nullable Loss loss) {
        assertThat(SampleRun.with("notes", notes).setup().loss()).isEqualTo(loss);
    }

    /** Others that are built on TRL, and say its version beside theirs, have trainers of their own. */
    @ParameterizedTest
    @CsvSource({
        "trl, true",
        "TRL SFTTrainer, true",
        "'Axolotl, trl', false",
        "LLaMA-Factory (trl), false",
        "Unsloth/TRL, false"
    })
    void takesTheVersionOfTrlForWhatItsOwnTrainerDoes(String framework, boolean isItsOwn) {
        TrainingSetup setup = SampleRun.with("framework", framework)
                .set("activation_checkpointing", "")
                .set("notes", "trl 1.12")
                .setup();

        assertThat(setup.loss() == Loss.FUSED).isEqualTo(isItsOwn);
    }

    /** Liger as a whole patches layers and loss; its loss alone, or another's, leaves what layers keep. */
    @ParameterizedTest
    @CsvSource({
        "Liger, FUSED, true",
        "Liger kernels on, FUSED, true",
        "'Liger kernels on, fused linear cross entropy (no logits kept)', FUSED, true",
        "Liger with fused cross entropy, FUSED, true",
        "use_liger_kernel: true, FUSED, true",
        "liger=yes, FUSED, true",
        "foak-fast-kernels-liger; fused linear cross entropy, FUSED, true",
        "'Liger, no fused CE', , true",
        "'Liger, fused_linear_cross_entropy=False', , true",
        "'Liger; plain cross entropy', STOCK, true",
        "Liger kernels for RMSNorm and SwiGLU only, , true",
        "'liger_rope: true, liger_rms_norm: true, liger_glu_activation: true', , true",
        "'liger_rms_norm: true, liger_fused_linear_cross_entropy: true', FUSED, true",
        "liger_rope: true, , false",
        "liger_rms_norm: false, , false",
        "liger_glu_activation: false, , false",
        "liger_fused_linear_cross_entropy: true, FUSED, false",
        "Liger FLCE, FUSED, false",
        "Liger fused cross entropy, FUSED, false",
        "Liger's fused linear cross entropy, FUSED, false",
        "use_liger_loss, FUSED, false",
        "Liger loss, FUSED, false",
        "instead of use_liger_kernel, , false",
        "Liger fused linear cross entropy, FUSED, false",
        "Liger fused loss, FUSED, false",
        "use_liger_loss=True, FUSED, false",
        "use_liger_loss=False, , false",
        "fused linear cross entropy (Liger): no full logits, FUSED, false",
        "Liger cross entropy, , false",
        "cut cross entropy, FUSED, false",
        "CCE, FUSED, false",
        "w/o CCE, , false",
        "fused chunked LM head, FUSED, false",
        "use_liger_kernel=False, , false",
        "without Liger, , false",
        "compared with Liger, , false"
    })
    void tellsALossThatIsFusedFromLayersThatAre(String notes, @Nullable Loss loss, boolean hasLeanLayers) {
        TrainingSetup setup = SampleRun.with("notes", notes).setup();

        assertThat(setup.loss()).isEqualTo(loss);
        assertThat(setup.hasLeanLayers()).isEqualTo(hasLeanLayers);
    }

    /** TRL multiplies the head with some tokens at a time; others take chunks of logits that lie there. */
    @ParameterizedTest
    @CsvSource({"chunked CE, CHUNKED", "chunked_ce, CHUNKED", "ChunkedCELoss, CHUNKED", "eight loss chunks, CHUNKED"})
    void keepsLogitsThatAreTakenInChunks(String notes, Loss loss) {
        SampleRun run = SampleRun.with("framework", "torchtune").set("notes", notes);

        assertThat(run.setup().loss()).isEqualTo(loss);
    }

    /** Megatron's is a kernel over logits that lie there. */
    @ParameterizedTest
    @CsvSource({
        "Megatron-LM, 'sequence parallel, fused cross entropy', ",
        "Megatron-LM, fused linear cross entropy, FUSED",
        "Megatron-LM, Liger, FUSED",
        "trl, 'sequence parallel, fused cross entropy', FUSED"
    })
    void takesMegatronsFusedCrossEntropyForOneOfWholeLogits(String framework, String notes, @Nullable Loss loss) {
        SampleRun run = SampleRun.with("framework", framework).set("notes", notes);

        assertThat(run.setup().loss()).isEqualTo(loss);
    }

    @Test
    void readsOfLigerInTheNameOfAFrameworkToo() {
        assertThat(SampleRun.with("framework", "TRL, Liger").setup().loss()).isEqualTo(Loss.FUSED);
        assertThat(SampleRun.with("framework", "TRL, Liger")
                        .set("notes", "use_liger_kernel=False")
                        .setup()
                        .loss())
                .isNull();
    }

    @Test
    void readsOfFusedNormsAndActivationsThatSpareMemory() {
        assertThat(SampleRun.with("framework", "transformers (fused RMSNorm, SwiGLU)")
                        .setup()
                        .hasLeanLayers())
                .isTrue();
        assertThat(SampleRun.with("framework", "transformers (no fused RMSNorm)")
                        .setup()
                        .hasLeanLayers())
                .isFalse();
    }

    /** Its logits were whole till the end of 2024, then cut cross entropy left none, then chunks as wide as what is free. */
    @ParameterizedTest
    @CsvSource({
        "unsloth, 2024-03, CHUNKED",
        "llama-factory+unsloth, 2024-04-15, CHUNKED",
        "unsloth, 2025-06, FUSED",
        "unsloth, 2026-04, CHUNKED",
        "unsloth, 2024-2026, ",
        "unsloth, '', ",
        "unsloth 2024.10.7, 2026, CHUNKED",
        "Unsloth 2024.12.4, '', FUSED",
        "Unsloth 2026.9.11, 2026-10, CHUNKED",
        "unsloth 2026.10.9, '', FUSED",
        "trl, 2024-03, "
    })
    void takesTheLossOfUnslothByItsRelease(String framework, String date, @Nullable Loss loss) {
        assertThat(SampleRun.with("framework", framework)
                        .set("date", date)
                        .setup()
                        .loss())
                .isEqualTo(loss);
    }

    @ParameterizedTest
    @CsvSource({"2024-04, STOCK", "2024-08, ", "2025-02, ", "'', "})
    void takesRecipesOfTorchtuneForWhatTheirReleaseHad(String date, @Nullable Loss loss) {
        assertThat(SampleRun.with("framework", "torchtune")
                        .set("date", date)
                        .setup()
                        .loss())
                .isEqualTo(loss);
    }

    @Test
    void knowsThatFewBitsOfTheFirstQwenHaveNoCopyOfLogits() {
        SampleRun run = SampleRun.with("framework", "qwen finetune.py (HF Trainer)");

        assertThat(run.set("method", "qlora").setup().loss()).isEqualTo(Loss.HALF);
        assertThat(run.set("method", "lora").setup().loss()).isNull();
    }
}
