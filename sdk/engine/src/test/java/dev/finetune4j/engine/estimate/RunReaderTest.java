package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunReaderTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "prepare_model_for_kbit_training upcasts them, true",
        "prepared for k-bit training, true",
        "without prepare_model_for_kbit_training, false",
        "prepare_model_for_kbit_training not called for, true",
        "no prepare_model_for_kbit_training in the script, false",
        "'norms fp32, frozen embedding and head recast to bf16', false",
        "HQQ, "
    })
    void readsWhetherWhatIsNotPackedWasPreparedForKBitTraining(String notes, @Nullable Boolean isSingle) {
        SampleRun run = SampleRun.with("method", "qlora").set("notes", notes);

        assertThat(run.setup().hasSinglePrecisionEdges()).isEqualTo(isSingle);
    }

    @ParameterizedTest
    @CsvSource({
        "pytorch 2.8 + torch.compile, , true",
        "'transformers Trainer (DDP), torch.compile', , true",
        "pytorch without torch.compile, , false",
        "trl, torch.compile, true",
        "nanochat, , true",
        "PyTorch (nanoGPT style), dense compiled row, true",
        "nanoGPT, 'A100, no compile', false",
        "nanoGPT (compile=False), , false",
        "'nanoGPT, eager', , false",
        "nanoGPT, not compiled, false",
        "nanoGPT, eager mode, false",
        "nanoGPT, eager attention, true",
        "nanoGPT, faster than eager, true",
        "nanoGPT, compile not stated, true",
        "PyTorch, the compiled run, true",
        "PyTorch, compiled from source, false",
        "trl, compile off, false",
        "trl, , false"
    })
    void readsOfCompiledLayersInFrameworkAndNotes(String framework, @Nullable String notes, boolean isCompiled) {
        SampleRun run = SampleRun.with("framework", framework).set("notes", notes == null ? "" : notes);

        assertThat(run.setup().isCompiled()).isEqualTo(isCompiled);
    }

    @ParameterizedTest
    @CsvSource({
        "none, EAGER",
        "off, EAGER",
        "0, EAGER",
        "disabled, EAGER",
        "eager, EAGER",
        "math, EAGER",
        "explicit (own softmax), EAGER",
        "sdpa (no flash kernel on Windows), EAGER",
        "1, FUSED",
        "fa2, FUSED",
        "sdpa, FUSED",
        "n/a, ",
        "-, "
    })
    void readsYesAndNoOfFlashAttention(String text, @Nullable Attention attention) throws IOException {
        Path file = Files.writeString(
                folder.resolve("runs.csv"),
                "model,method,flash_attention,wall_time_s\nLlama 3.1 8B,lora," + text + ",1\n");
        TrainingSetup setup =
                Objects.requireNonNull(RunTable.of(file).runs().get(0).setup());

        assertThat(setup.attention()).isEqualTo(attention);
    }

    @ParameterizedTest
    @CsvSource({
        "eager attention, EAGER",
        "'attention: eager', EAGER",
        "attn_implementation=eager, EAGER",
        "attention written by hand, EAGER",
        "'MoE, unfused attention', EAGER",
        "no flash attention, EAGER",
        "FlashAttention-2, FUSED",
        "attn_implementation=sdpa, FUSED",
        "flash-attn 2.5, FUSED",
        "faster than eager attention, ",
        "'no flash-attn, sdpa', ",
        "with and without flash attention, ",
        "whether with flash attention is not said, ",
        "eager mode, "
    })
    void readsOfAttentionInNotesWhereItsColumnIsEmpty(String notes, @Nullable Attention attention) {
        assertThat(SampleRun.with("notes", notes).setup().attention()).isEqualTo(attention);
    }

    /** TRL's computes the head's product of some rows at a time, so that no logits lie as a whole. */
    @ParameterizedTest
    @CsvSource({
        "chunked NLL loss, FUSED, false",
        "loss_type=chunked_nll, FUSED, false",
        "GiB; ZeRO-3 with offload; Liger; cutoff_len is a cap, FUSED, false",
        "'80 steps, with Liger', FUSED, false",
        "GiB; no Liger, , false",
        "faster than Liger, , false",
        "chunked cross entropy, FUSED, false",
        "'MoE expert parallel, chunked loss', FUSED, false",
        "fused linear cross entropy (no logits), FUSED, false",
        "'fused kernels (cross entropy, RoPE, RMSNorm, LoRA)', , true",
        "foak = fused ops and kernels, , true",
        "'fused dropout-add-LN, MLP, cross entropy', , true",
        "no fused kernels, , false"
    })
    void readsLossAndKernelsOfNotes(String notes, @Nullable Loss loss, boolean hasFusedKernels) {
        TrainingSetup setup = SampleRun.with("notes", notes).setup();

        assertThat(setup.loss()).isEqualTo(loss);
        assertThat(setup.hasFusedKernels()).isEqualTo(hasFusedKernels);
        assertThat(setup.isCompiled()).isFalse();
    }

    /** How often a run does something is no number of its steps, nor is a part of them that something else is said of. */
    @ParameterizedTest
    @CsvSource({
        "'100 steps, evaluation each epoch', 2048",
        "'steps=100; evaluation every 50 steps', 2048",
        "'evaluation every 50 steps; 100 steps in all', 2048",
        "'evaluation every 50 steps inside', 0",
        "'100 steps, evaluation not inside', 2048",
        "'100 steps, evaluation is never counted inside', 2048",
        "'500 steps per epoch', 0",
        "'500 steps an epoch', 0",
        "'3 steps/s', 0",
        "'mean of 7 steps', 0",
        "'median over the 20 steps', 0",
        "'mean of 7 steps; 100 steps in all', 2048",
        "'warmup_steps=10', 0",
        "'gradient_accumulation_steps=8, max_steps=100', 2048",
        "'100 steps of 10, evaluation each epoch inside', 0",
        "'loss of the last 20 steps', 0",
        "'log per 10 steps', 0"
    })
    void countsNoStepsOfHowOftenSomethingIsDone(String notes, double tokensPerSecond) {
        String table = "model,method,seq_len,packing,micro_batch,global_batch,gpu,wall_time_s,notes\n"
                + "Llama 3.1 8B,lora,2048,yes,1,10,A100-80,1000,\"" + notes + "\"\n";

        PublishedRun.Observed speed = RunReader.read(
                        GpuTable.shipped(),
                        new ModelNames(),
                        CsvTable.of(table).rows().get(0),
                        1)
                .speed();

        assertThat(speed.isUsable()).isEqualTo(tokensPerSecond > 0);
        if (speed.isUsable()) {
            assertThat(speed.value()).isEqualTo(tokensPerSecond);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llm-foundry, MPT-7b, TUNED",
        "llm-foundry, Qwen/Qwen3-0.6B, HUGGING_FACE",
        "composer 0.32.1 (HuggingFaceModel), Qwen/Qwen3-0.6B, HUGGING_FACE",
        "composer (llm-foundry fork), Sheared-LLaMA-1.3B, TUNED",
        "torchtitan, Qwen/Qwen3-0.6B, TUNED"
    })
    void takesLayersOfMosaicsTrainersForTunedInMptAlone(String framework, String model, Framework read) {
        assertThat(SampleRun.with("framework", framework)
                        .set("model", model)
                        .set("params_b", "")
                        .setup()
                        .framework())
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({
        "llmq, true",
        "'llm.c (CUDA, cuDNN attention)', true",
        "surogate (own C++ runtime), true",
        "llmq's baseline in llamafactory, false",
        "pytorch, false"
    })
    void takesKernelsForFusedInTrainersWrittenInCuda(String framework, boolean isFused) {
        TrainingSetup setup = SampleRun.with("framework", framework).setup();

        assertThat(setup.hasFusedKernels()).isEqualTo(isFused);
        assertThat(setup.hasTransformerEngine())
                .as("they cast to eight bits by kernels of their own")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "native PyTorch + TransformerEngine, , true",
        "PyTorch, te.TransformerLayer throughout, true",
        "PyTorch, without Transformer Engine, false",
        "PyTorch, slower than Transformer Engine, false",
        "PyTorch, slower than NVIDIA's Transformer Engine, false",
        "PyTorch, Transformer Engine not installed, false",
        "PyTorch, , false"
    })
    void readsOfLayersOfTransformerEngine(String framework, @Nullable String notes, boolean isOfIt) {
        assertThat(SampleRun.with("framework", framework)
                        .set("notes", notes == null ? "" : notes)
                        .setup()
                        .hasTransformerEngine())
                .isEqualTo(isOfIt);
    }

    @Test
    void readsTheTypeThatWeightsAreLoadedIn() {
        SampleRun run = SampleRun.with("method", "full").set("notes", "--bf16 with torch_dtype bfloat16");

        assertThat(run.setup().weights()).isEqualTo(TrainingSetup.Weights.HALF);
    }

    @Test
    void readsThatGaloreHasFewMoments() {
        SampleRun run = SampleRun.with("method", "full").set("optimizer", "GaLore AdamW 8-bit");

        assertThat(run.setup().optimizer()).isEqualTo(TrainingSetup.Optimizer.STATELESS);
    }

    /** Null where nobody says it: kernels are fused one way or another. */
    @Test
    void readsThatTunedCodeIsNotCompiled() {
        SampleRun run = SampleRun.with("framework", "torchtitan");

        assertThat(run.setup().isCompiled()).isNull();
        assertThat(run.set("notes", "no compile").setup().isCompiled()).isFalse();
    }
}
