package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunNotesTest {
    @TempDir
    Path folder;

    @Test
    void takesNoNoteForItsOpposite() throws IOException {
        Path file = folder.resolve("runs.csv");
        String row = "x,Llama 3.1 8B,8,full,,,bf16,AdamW,2048,yes,2,1,yes,fsdp,A100-80,8,trl,,40,,";
        Files.writeString(
                file,
                SampleRun.HEADER + row + "without CPU offload\n" + row + "cpu offload=no; liger=no; shorter rows\n"
                        + row + "CPU offload; full length\n");

        List<TrainingSetup> setups =
                RunTable.of(file).runs().stream().map(PublishedRun::setup).toList();

        assertThat(setups).extracting(TrainingSetup::offloadsOptimizer).containsExactly(false, false, true);
    }

    @ParameterizedTest
    @CsvSource({
        "'GB = 1e9 bytes, max allocated by torch on rank 0; nvidia-smi 15116 MiB', ALLOCATED",
        "maximum allocated 12.3 GiB, ALLOCATED",
        "peak memory allocated, ALLOCATED",
        "'MiB / 1024 (8153.7 MiB allocated, 9450 reserved)', ALLOCATED",
        "'reserved; failed with 87.8 GiB allocated at an out-of-memory', RESERVED",
        "reserved by torch, RESERVED",
        "max CUDA allocated, ALLOCATED",
        "memory as wandb GPU memory allocated (bytes), DEVICE",
        "nvidia-smi 15116 MiB, DEVICE"
    })
    void tellsWhatAFigureCounts(String notes, MemoryFigure figure) {
        assertThat(new RunNotes(notes).figure()).isEqualTo(figure);
    }

    @ParameterizedTest
    @CsvSource({
        "offload of optimizer and params, true, true",
        "parameters and optimizer offloaded to CPU, true, true",
        "optimizer states and weights offloaded, true, true",
        "optimizer states are offloaded to the host, true, false",
        "optimizer_cpu_offload=True, true, false",
        "parameters are offloaded, false, true",
        "offload_optimizer and offload_param, true, true",
        "ds_z3_offload.json, true, true",
        "ds_z2_offload.json, true, false",
        "no optimizer offload, false, false",
        "'FSDP shares out optimizer and parameters', false, false"
    })
    void tellsWhatLiesInTheHostsMemory(String notes, boolean ofOptimizer, boolean ofWeights) {
        assertThat(new RunNotes(notes).offloadsOptimizer()).isEqualTo(ofOptimizer);
        assertThat(new RunNotes(notes).offloadsWeights()).isEqualTo(ofWeights);
    }

    @ParameterizedTest
    @CsvSource({
        "CPU offload, true",
        "CPU offload not used, false",
        "CPU offload is not used, false",
        "CPU offload fails, false",
        "CPU offload unsupported, false",
        "CPU offload was unused, false",
        "CPU offload not in the page, false",
        "CPU offload: none, false",
        "CPU offload=0, false",
        "not using CPU offload, false",
        "no_cpu_offload; CPU offload: not enabled, false",
        "CPU offload (off), false",
        "CPU offload (disabled; too slow), false",
        "CPU offload (no pinned memory), true",
        "CPU offload set to False, false",
        "CPU offload isn't used, false",
        "'cpu offload\": false', false",
        "disabled CPU offload, false",
        "without Liger or CPU offload, false",
        "neither Liger nor CPU offload, false",
        "slower than CPU offload, false",
        "20 GB vs CPU offload, false",
        "compared to the CPU offload, false",
        "unlike DeepSpeed's CPU offload, false",
        "instead of CPU offload, false",
        "CPU offload vs none, true",
        "'CPU offload, faster than NVMe', true",
        "with and without CPU offload, false",
        "'CPU offload on for 7B, off for 1B', false",
        "'CPU offload for 7B and off for 1B', false",
        "'CPU offload on for 7B, liger off for 1B', true",
        "'CPU offload, not packed', true",
        "'CPU offload on; nothing fails', true"
    })
    void takesForDeniedWhatIsNotUsedOrFails(String notes, boolean isSaid) {
        assertThat(new RunNotes(notes).say("cpu offload")).isEqualTo(isSaid);
    }

    /** What is compared with, or not told, is neither said nor denied. */
    @ParameterizedTest
    @CsvSource({
        "Liger, true",
        "no Liger, false",
        "Liger: off, false",
        "Liger vs no Liger, ",
        "slower than Liger, ",
        "slower than no Liger, false",
        "Liger not stated, ",
        "Liger unknown, ",
        "'Liger on for 7B, off for 1B', ",
        "AdamW, "
    })
    void tellsWhatIsDeniedFromWhatIsNotSaid(String notes, @Nullable Boolean told) {
        assertThat(new RunNotes(notes).tell("liger")).isEqualTo(told);
    }

    @Test
    void takesNoNumberOfWhatIsComparedWith() {
        assertThat(new RunNotes("longer than mean 430 tokens; mean 240 tokens").meanTokens())
                .hasValue(240);
    }

    /** Null where it is neither said nor denied of the run. */
    @ParameterizedTest
    @CsvSource({
        "slower than NVIDIA Liger, ",
        "slower than the run with Liger, ",
        "'8 GB less than without packing, Liger', true",
        "Liger would save 2 GB, ",
        "'the figure agrees with it, and with Liger', ",
        "consistent with Liger, ",
        "Liger could not be used, false",
        "whether Liger was on is not seen, ",
        "faster if Liger is on, ",
        "Liger unless said, ",
        "no Liger unless said, ",
        "Liger; no Liger unless said, true",
        "does not fit without Liger, ",
        "no Liger flag given, ",
        "no Liger, false",
        "disable_liger: false, ",
        "disable_liger defaults to False in the framework, ",
        "disable_liger: true, false"
    })
    void tellsNothingOfWhatWouldBeOrIsAskedOrNeeded(String notes, @Nullable Boolean told) {
        assertThat(new RunNotes(notes).tell("liger")).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({
        "CPU offload, true",
        "CPU offload of the optimizer, true",
        "CPU offload of params, false",
        "CPU offload of activations, false",
        "the rows of checkpoint with CPU offload were left out, false",
        "activation CPU offload, false"
    })
    void tellsAnOffloadOfTheOptimizerFromThatOfActivations(String notes, boolean offloadsOptimizer) {
        assertThat(new RunNotes(notes).offloadsOptimizer()).isEqualTo(offloadsOptimizer);
    }

    @ParameterizedTest
    @CsvSource({
        "'no compile, FSDP2', false",
        "'FSDP2; compile, chunked CE', true",
        "compile=True, true",
        "compile: false, false",
        "compile=none, false",
        "compile=default, true",
        "torch_compile=True, true",
        "torch_compile=False, false",
        "--torch_compile True, true",
        "torch compile, true",
        "PyTorch compile, true",
        "torch.compile not used, false",
        "torch.compile fails, false",
        "--compile, true",
        "--no-compile, false",
        "torch.compile is disabled, false",
        "torch.compile was off, false",
        "compile-free, false",
        "flash-attn compiled from source, false",
        "first-step compile included, false",
        "regional compilation, true",
        "no regional compilation, false",
        "'bf16, compiled, fused AdamW', true"
    })
    void tellsOfLayersUnderTorchCompile(String text, boolean isCompiled) {
        assertThat(Boolean.TRUE.equals(new RunNotes(text).isCompiled())).isEqualTo(isCompiled);
        assertThat(new Frameworks("trl " + text).isCompiled()).isEqualTo(isCompiled);
    }

    @ParameterizedTest
    @CsvSource({
        "rows fully filled to 8192, true",
        "rows of exactly the length, true",
        "full-length rows, true",
        "full rows, true",
        "rows are not fully filled, false",
        "seq_len is a cap, false",
        "'synthetic instruction data, mean 240 tokens, max 900 tokens', false",
        "'synthetic rows, mean 240 tokens', false",
        "'padded to max_length, mean 240 tokens', true",
        "padded to max, true",
        "padded to the max length, true",
        "pad_to_max_length=True, true",
        "pad_to_max_length: true, true",
        "pad_to_max_length=False, false",
        "'padding=\"max_length\"', true",
        "padding=max_length, true",
        "pad to max length, true",
        "padded to the max length in the batch, false",
        "padded to max length of each micro-batch, false",
        "padded to the maximum length in a batch, false",
        "padding to max length per batch, false",
        "dynamic padding, false",
        "dynamic padding to max length, false",
        "pad to longest, false",
        "padding=longest, false",
        "padded to the longest of the batch, false",
        "not padded to max_length, false",
        "synthetic rows of exactly the length, true",
        "'synthetic tokens, batch 4', true",
        "synthetic data; 20 steps, true",
        "trained on synthetic data from GPT-4, false",
        "exact length not given, false",
        "full length not given, false",
        "full length not packed, true",
        "rows not of a fixed length, false",
        "random tokens; 20 steps, true",
        "random tokens masked, false",
        "dummy data, true",
        "dummy data loader worker, false"
    })
    void tellsThatRowsAreAsLongAsTheyMayBe(String notes, boolean isFullLength) {
        assertThat(new RunNotes(notes).isFullLength()).isEqualTo(isFullLength);
    }

    @ParameterizedTest
    @CsvSource({"OOM failed at step 3, true", "'OOM, fails with 8 rows', true", "OOM: no, false"})
    void readsOfARunThatFailedForMemory(String notes, boolean ranOut) {
        assertThat(new RunNotes(notes).ranOutOfMemory()).isEqualTo(ranOut);
    }
}
