package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunRowTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"did not run out of memory", "never ran out of memory"})
    void takesNoRunThatRanForOneThatRanOutOfMemory(String notes) throws IOException {
        SampleRun run = SampleRun.with("peak_mem_gb_per_gpu", "").set("notes", notes);
        assertThat(run.read().ranOutOfMemory()).isFalse();
        assertThat(Backtest.of(SampleRun.with("notes", "out of memory at a batch of 4")
                                .in(folder))
                        .memory()
                        .rows())
                .as("it has a peak")
                .isEqualTo(1);
    }

    @Test
    void takesARunOfLongerRowsForOneThatRanOutOfMemory() {
        SampleRun run =
                SampleRun.with("peak_mem_gb_per_gpu", "").set("notes", "Longer rows (8192): CUDA out of memory");
        assertThat(run.read().ranOutOfMemory()).isTrue();

        run.set("wall_time_s", "3600");
        assertThat(run.read().ranOutOfMemory()).as("it took its time").isFalse();
    }

    @ParameterizedTest
    @CsvSource({"OOM, true", "out of memory, true", "-, false", "n/a, false"})
    void takesAPlaceholderInANumberForNoNumber(String peak, boolean ranOut) throws IOException {
        SampleRun run = SampleRun.with("peak_mem_gb_per_gpu", peak);
        if (!ranOut) {
            run.set("tokens_per_s_per_gpu", "3000");
        }
        RunTable table = RunTable.of(run.in(folder));

        assertThat(table.skipped()).isEmpty();
        assertThat(table.runs().get(0).ranOutOfMemory()).isEqualTo(ranOut);
        assertThat(table.runs().get(0).speed().isUsable()).isEqualTo(!ranOut);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n/a", "auto", "unknown", "-", "?"})
    void takesAPlaceholderInATextForNothing(String text) {
        SampleRun run = SampleRun.with("precision", text);
        run.set("framework", "litgpt");

        assertThat(SampleRun.with("lora_targets", text).setup().targets()).isEmpty();
        assertThat(run.setup().weights()).as("of which any may be meant").isNull();
    }

    @Test
    void takesAnAccumulationThatTheTrainerChoosesForNoneSaid() {
        assertThat(SampleRun.with("grad_accum", "auto").setup().accumulation()).isNull();
    }

    @Test
    void readsARankWithItsLetter() {
        assertThat(SampleRun.with("lora_rank", "r=64").setup().rank()).isEqualTo(64);
    }
}
