package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunMethodTest {
    @ParameterizedTest
    @ValueSource(strings = {"trl", "ms-swift", "axolotl"})
    void leavesItToTheTrainerHowWeightsOfAnFp16RunAreStored(String framework) {
        SampleRun run = SampleRun.with("precision", "fp16");
        run.set("framework", framework);
        run.set("method", "full");

        assertThat(run.setup().weights()).isNull();
        run.set("precision", "pure fp16");
        assertThat(run.setup().weights()).isEqualTo(Weights.HALF);
    }

    @ParameterizedTest
    @CsvSource({
        "AdamW bf16 states, zero2, HALF, HUGGING_FACE",
        "AdamWBF16 (6 bytes per parameter), zero3, HALF, HUGGING_FACE",
        "AdamW, zero2, HALF, DEEPSPEED",
        "AdamW, none, , HUGGING_FACE"
    })
    void readsOfMomentsInHalfThatWeightsAreToo(
            String optimizer, String parallelism, @Nullable Weights weights, Framework framework) {
        SampleRun run = SampleRun.with("optimizer", optimizer).set("method", "full");
        TrainingSetup setup =
                run.set("parallelism", parallelism).set("gpus", "8").setup();

        assertThat(setup.weights()).isEqualTo(weights);
        assertThat(setup.framework()).isEqualTo(framework);
    }

    @ParameterizedTest
    @CsvSource({
        "'bf16 mixed, fp32 master', zero2, HALF",
        "amp, zero3, HALF",
        "fp32, zero3, FP32",
        "'bf16 mixed, fp32 master', fsdp, FP32"
    })
    void countsTheMasterWeightsOfDeepSpeedOnce(String precision, String parallelism, Weights weights) {
        SampleRun run = SampleRun.with("precision", precision).set("method", "full");

        assertThat(run.set("parallelism", parallelism).set("gpus", "8").setup().weights())
                .isEqualTo(weights);
    }

    @ParameterizedTest
    @CsvSource({
        "finetune4j, ADAMW_FUSED",
        "finetune4j-peft, ADAMW_FUSED",
        "nanoGPT, ADAMW_FUSED",
        "llm.c, ADAMW_FUSED",
        "torchtune, ADAMW_FUSED",
        "trl, ADAMW"
    })
    void readsOfFrameworksThatAskForOneKernelThatAdamStepsInIt(String framework, Optimizer optimizer) {
        SampleRun run = SampleRun.with("optimizer", "AdamW").set("method", "full");

        assertThat(run.set("framework", framework).setup().optimizer()).isEqualTo(optimizer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pure bf16",
                "bf16 weights",
                "fp16 weights, fp16 AMP",
                "weights in bf16",
                "Pure BFloat16",
                "bf16 (pure)",
                "bf16-true",
                "bfloat16 pure"
            })
    void readsOfHalfWeightsInThePrecisionAsInTheNotes(String precision) {
        assertThat(SampleRun.with("precision", precision).setup().weights()).isEqualTo(Weights.HALF);
        assertThat(SampleRun.with("precision", "bf16").setup().weights()).isNull();
    }

    /** Trainer's flag asks for autocast. */
    @ParameterizedTest
    @ValueSource(strings = {"--bf16 True", "bf16 true", "bf16=True", "--fp16 True"})
    void takesTrainersFlagForNoWordOfHowWeightsAreStored(String text) {
        assertThat(SampleRun.with("precision", text)
                        .set("method", "full")
                        .setup()
                        .weights())
                .isNull();
        assertThat(SampleRun.with("notes", text).set("method", "full").setup().weights())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"16-mixed, FP16", "16-true, FP16", "bf16-true, BF16", "bf16-mixed, BF16", "32-true, FP32"})
    void readsInWhatLightningComputes(String precision, Arithmetic arithmetic) {
        assertThat(SampleRun.with("precision", precision).setup().arithmetic()).isEqualTo(arithmetic);
    }

    @ParameterizedTest
    @CsvSource({
        "tf32, , TF32",
        "fp32 (tf32), , TF32",
        "fp32, tf32 on, TF32",
        "fp32, --tf32 True, TF32",
        "fp32, tf32=False, FP32",
        "fp32 (no tf32), , FP32",
        "fp32 (tf32 off), , FP32",
        "fp32, allow_tf32=True, TF32",
        "fp32, torch.backends.cuda.matmul.allow_tf32 = True, TF32",
        "fp32, allow_tf32=False, FP32",
        "fp32, slower than tf32, FP32",
        "fp32, without tf32, FP32",
        "fp32, , FP32",
        "bf16, tf32 on, BF16"
    })
    void readsThatProductsOfSinglePrecisionAreInTf32(String precision, @Nullable String notes, Arithmetic arithmetic) {
        TrainingSetup setup = SampleRun.with("precision", precision)
                .set("notes", notes == null ? "" : notes)
                .setup();

        assertThat(setup.arithmetic()).isEqualTo(arithmetic);
        assertThat(setup.weights()).isEqualTo(arithmetic == Arithmetic.BF16 ? null : Weights.FP32);
    }

    @ParameterizedTest
    @CsvSource({
        "'PagedAdamW (bitsandbytes), step in backward', PAGED_ADAMW_IN_BACKWARD",
        "'Adafactor, fused into the backward pass', STATELESS_IN_BACKWARD",
        "LOMO, STATELESS_IN_BACKWARD",
        "'AdamW, 8-bit, in backward', ADAMW_8BIT_IN_BACKWARD",
        "paged_adamw_32bit, PAGED_ADAMW"
    })
    void readsWhetherAStepIsTakenInTheBackwardPass(String column, Optimizer optimizer) {
        assertThat(SampleRun.with("optimizer", column).setup().optimizer()).isEqualTo(optimizer);
    }

    @ParameterizedTest
    @CsvSource({
        "8-bit AdamW, ADAMW_8BIT",
        "optim=adamw_bnb_8bit, ADAMW_8BIT",
        "paged_adamw_8bit, PAGED_ADAMW_8BIT",
        "config default PagedAdamW8bit + optimizer_in_bwd, PAGED_ADAMW_8BIT_IN_BACKWARD",
        "fused AdamW, ADAMW_FUSED",
        "--optim adamw_torch_fused, ADAMW_FUSED",
        "'batch 4, Adafactor', STATELESS",
        "SGD, STATELESS",
        "optimizer=AdamW, ADAMW",
        "no fused AdamW, ",
        "less than with Adafactor, ",
        "AdamW states in bf16, ",
        "optimizer not in table (repo yamls: decoupled lionw/adamw), "
    })
    void readsOfTheOptimizerInNotesWhereItsColumnIsEmpty(String notes, @Nullable Optimizer optimizer) {
        assertThat(SampleRun.with("optimizer", "").set("notes", notes).setup().optimizer())
                .isEqualTo(optimizer);
        assertThat(SampleRun.with("optimizer", "AdamW")
                        .set("notes", notes)
                        .setup()
                        .optimizer())
                .isEqualTo(Optimizer.ADAMW);
    }

    /** As Lightning calls what is not packed. */
    @Test
    void readsHowTheBaseIsPackedBeforeThatTheRestIsHalf() {
        SampleRun run = SampleRun.with("precision", "bf16-true+int8").set("method", "prompt");

        assertThat(run.setup().weights()).isEqualTo(Weights.INT8);
    }

    @ParameterizedTest
    @CsvSource({
        "QLoRA, QLORA, ",
        "Q-LoRA, QLORA, ",
        "q_lora, QLORA, ",
        "fsdp_qlora, QLORA, ",
        "QDoRA, QLORA, ",
        "LoRA (4-bit), QLORA, ",
        "4-bit LoRA, QLORA, ",
        "LoRA nf4, QLORA, ",
        "LoRA-8bit, QLORA, INT8",
        "LoRA (8 bit), QLORA, INT8",
        "int8 LoRA, QLORA, INT8",
        "LoRA with 8-bit Adam, LORA, ",
        "lora adamw_8bit, LORA, ",
        "lora + paged_adamw_8bit, LORA, ",
        "lora adamw_torch_4bit, LORA, ",
        "lora ademamix_8bit, LORA, ",
        "'qlora, adamw_8bit', QLORA, ",
        "LoRA 4-bit + adamw_bnb_8bit, QLORA, ",
        "LoRA, LORA, "
    })
    void readsInTheMethodHowTheBaseIsPacked(String method, Method read, @Nullable Weights weights) {
        TrainingSetup setup = SampleRun.with("method", method).setup();

        assertThat(setup.method()).isEqualTo(read);
        assertThat(setup.weights()).isEqualTo(weights);
    }

    /** So Lightning names that weights are stored as narrow as they are computed in; others keep them in single precision beside. */
    @ParameterizedTest
    @CsvSource({"bf16-true, full, HALF", "fp16-true, full, HALF", "16-true, lora, HALF", "bf16-true+int8, prompt, INT8"
    })
    void takesWeightsInHalfWhereAllIs(String precision, String method, Weights weights) {
        assertThat(SampleRun.with("precision", precision)
                        .set("method", method)
                        .setup()
                        .weights())
                .isEqualTo(weights);
    }

    /** Trainer's {@code bf16} computes in half what is loaded as one likes; what is trained is mostly in single precision, what lies frozen is not. */
    @ParameterizedTest
    @CsvSource({
        "trl, full, amp_bf16, , FP32",
        "trl, lora, amp_bf16, , ",
        "trl, lora, fp16-mixed, fp32 weights under fp16 autocast, FP32",
        "trl, lora, bf16, float32 weights in memory, FP32",
        "litgpt, lora, bf16-mixed, , FP32",
        "deepspeed, full, bf16, fp32 weights, HALF",
        "PyTorch (own loop), full, 'bf16 autocast, fp32 weights', , FP32",
        "PyTorch (own loop), full, bf16 autocast, , ",
        "DeepSpeed, full, 'fp16, fp32 weights', , HALF"
    })
    void leavesItOpenHowAFrozenBaseIsStoredUnderMixedPrecision(
            String framework, String method, String precision, @Nullable String notes, @Nullable Weights weights) {
        SampleRun run = SampleRun.with("framework", framework).set("method", method);

        assertThat(run.set("precision", precision)
                        .set("notes", notes == null ? "" : notes)
                        .setup()
                        .weights())
                .isEqualTo(weights);
    }

    @ParameterizedTest
    @CsvSource({
        "FP8 weights (fp8_params), lora, FP8",
        "fp8 parameters, lora, FP8",
        "no fp8 weights, lora, ",
        "fp8 weights, full, "
    })
    void readsOfAFrozenBaseInTheEightBitsInWhichItIsMultiplied(String notes, String method, @Nullable Weights weights) {
        assertThat(SampleRun.with("notes", notes).set("method", method).setup().weights())
                .isEqualTo(weights);
        assertThat(Weights.FP8.isPacked()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "nvfp4, full, FP8",
        "mxfp8, full, FP8",
        "nvfp4 base, lora, ",
        "fp32 weights and gradients, full, ",
        "'fp32 weights, fp32 matmul', full, FP32",
        "fp32 weights + bf16 autocast, full, BF16"
    })
    void tellsWhatIsMultipliedFromWhatIsStored(String precision, String method, @Nullable Arithmetic arithmetic) {
        assertThat(SampleRun.with("precision", precision)
                        .set("method", method)
                        .setup()
                        .arithmetic())
                .isEqualTo(arithmetic);
    }

    @Test
    void readsThatABaseOfAnotherMethodIsPacked() {
        assertThat(SampleRun.with("method", "adapter")
                        .set("precision", "nf4+bf16")
                        .setup()
                        .weights())
                .isEqualTo(Weights.NF4);
    }

    /** LLaMA-Factory casts what it trains to single precision, and no more; it is told so or that all is in half. */
    @ParameterizedTest
    @CsvSource({
        "full, bf16, '', FP32",
        "full, bf16, pure_bf16, HALF",
        "full, bf16-true, '', HALF",
        "full, '', '', FP32",
        "lora, bf16, '', HALF",
        "lora, '', '', HALF",
        "qlora, bf16; 4-bit bnb, '', NF4_DOUBLE"
    })
    void knowsInWhatLlamaFactoryHoldsWeights(String method, String precision, String notes, Weights weights) {
        SampleRun run = SampleRun.with("framework", "LLaMA-Factory").set("method", method);

        assertThat(run.set("precision", precision).set("notes", notes).setup().weights())
                .isEqualTo(weights);
    }

    @Test
    void leavesToDeepspeedInWhatLlamaFactoryHoldsWeights() {
        SampleRun run = SampleRun.with("framework", "LLaMA-Factory").set("method", "full");

        assertThat(run.set("parallelism", "zero2").set("gpus", "2").setup().weights())
                .isEqualTo(Weights.HALF);
    }

    /** Scripts call PEFT's preparation for few bits or do not; what is configured alone leaves nothing in single precision. */
    @ParameterizedTest
    @CsvSource({
        "trl, '', , ",
        "axolotl, '', NF4_DOUBLE, false",
        "ms-swift, '', NF4_DOUBLE, false",
        "LLaMA-Factory, '', NF4_DOUBLE, false",
        "LLaMA-Factory, prepare_model_for_kbit_training is called, NF4_DOUBLE, true"
    })
    void knowsHowConfiguredTrainersLoadFourBits(
            String framework, String notes, @Nullable Weights weights, @Nullable Boolean hasSinglePrecisionEdges) {
        TrainingSetup setup = SampleRun.with("framework", framework)
                .set("method", "qlora")
                .set("notes", notes)
                .setup();

        assertThat(setup.weights()).isEqualTo(weights);
        assertThat(setup.hasSinglePrecisionEdges()).isEqualTo(hasSinglePrecisionEdges);
    }

    /** PyTorch before 2.0 took one weight after another. Transformers' Trainer steps in one kernel by default since 4.54 with PyTorch 2.8; loops of people's own do not use it. */
    @ParameterizedTest
    @CsvSource({
        "hf-trainer, '', 2026-06, ADAMW_FUSED",
        "hf-trainer, AdamW, 2026-06, ",
        "hf-trainer, adamw_torch, 2026-06, ADAMW",
        "hf-trainer, '', 2025-10, ",
        "hf-trainer, AdamW, 2025-10, ADAMW",
        "transformers 5.1, '', '', ADAMW_FUSED",
        "transformers (own loop), AdamW, 2026-06, ADAMW",
        "hf-trainer, AdamW, 2023-02, ADAMW_ONE_BY_ONE",
        "transformers 4.16 dev, '', '', ADAMW_ONE_BY_ONE",
        "transformers (own loop), adamw_torch, 2023-03, ADAMW",
        "nanoGPT, AdamW, 2023-02, ADAMW_FUSED",
        "transformers (own loop), '', 2026-06, "
    })
    void takesTheStepThatTheTrainerHasByDefault(
            String framework, String named, String date, @Nullable Optimizer optimizer) {
        SampleRun run = SampleRun.with("framework", framework).set("optimizer", named);

        assertThat(run.set("date", date).setup().optimizer()).isEqualTo(optimizer);
    }
}
