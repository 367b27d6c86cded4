package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        "reserved by torch, RESERVED",
        "nvidia-smi 15116 MiB, DEVICE"
    })
    void tellsWhatAFigureCounts(String notes, MemoryFigure figure) {
        assertThat(new RunNotes(notes).figure()).isEqualTo(figure);
    }

    @ParameterizedTest
    @CsvSource({
        "rows fully filled to 8192, true",
        "rows of exactly the length, true",
        "full-length rows, true",
        "rows are not fully filled, false",
        "seq_len is a cap, false"
    })
    void tellsThatRowsAreAsLongAsTheyMayBe(String notes, boolean isFullLength) {
        assertThat(new RunNotes(notes).isFullLength()).isEqualTo(isFullLength);
    }
}
