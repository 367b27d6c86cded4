package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.plan.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestTest {
    private static final String HEADER =
            "source,model,params_b,method,lora_rank,lora_targets,precision,optimizer,seq_len,"
                    + "packing,micro_batch,grad_accum,activation_checkpointing,parallelism,gpu,gpus,framework,"
                    + "tokens_per_s_per_gpu,peak_mem_gb_per_gpu,wall_time_s,notes\n";

    @TempDir
    Path folder;

    @Test
    void holdsTheFiguresOfTheShippedRuns() {
        Backtest backtest = Backtest.of(RunTable.shipped());

        assertThat(backtest.memory().rows()).isGreaterThan(260);
        assertThat(backtest.memory().medianError()).isLessThan(0.08);
        assertThat(backtest.memory().insideInterval()).isBetween(0.75, 0.95);
        assertThat(backtest.memory().verdictsRight()).isGreaterThan(0.98);
        assertThat(backtest.throughput().rows()).isGreaterThan(220);
        assertThat(backtest.throughput().medianError()).isLessThan(0.15);
        assertThat(backtest.skipped()).hasSizeLessThan(backtest.memory().rows() / 10);
    }

    @Test
    void refusesNoRunThatFailedAndLetsNoFailurePass() {
        MemoryModel model = MemoryModel.shipped();
        List<PublishedRun> failed = RunTable.shipped().runs().stream()
                .filter(run -> run.ranOutOfMemory() && run.hasVerdict())
                .toList();

        assertThat(failed)
                .hasSizeGreaterThan(10)
                .allSatisfy(run -> assertThat(Backtest.verdict(model, run)).isNotEqualTo(Fit.FITS));
    }

    @Test
    void saysRowByRowWhatCannotBeCompared() throws IOException {
        Path file = folder.resolve("runs.csv");
        Files.writeString(
                file,
                HEADER
                        + "x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,yes,two,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Llama 3.1 8B,8,magic,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Mystery,,lora,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,A100-80,1,trl,,20,,\n"
                        + "x,Llama 3.1 8B,8,lora,16,all-linear,bf16,AdamW,2048,yes,2,1,yes,none,Z80,1,trl,3000,24,,\n");

        Backtest backtest = Backtest.of(file);

        assertThat(backtest.memory().rows()).isEqualTo(1);
        assertThat(backtest.throughput().rows()).isZero();
        assertThat(backtest.skipped()).extracting(Backtest.Skipped::row).containsExactly(1, 2, 3, 4);
        assertThat(backtest.skipped().get(0).why()).contains("line 2").contains("two");
        assertThat(backtest.skipped().get(1).why()).contains("magic");
        assertThat(backtest.skipped().get(2).why()).contains("Mystery");
        assertThat(backtest.skipped().get(3).why()).contains("Z80");
    }

    @Test
    void saysThatATableIsMissingOrIsNone() throws IOException {
        Path none = folder.resolve("none.csv");
        assertThatThrownBy(() -> Backtest.of(none))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");

        Path other = folder.resolve("other.csv");
        Files.writeString(other, "a,b\n1,2\n");
        assertThatThrownBy(() -> Backtest.of(other))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0740");
    }
}
