package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeDatasetTest {
    private final PlantedRows planted = new PlantedRows(11);

    @TempDir
    Path folder;

    @Test
    void findsWhatWasPlantedInTwoMegabytes() throws IOException {
        DatasetCheckReport report = check(2 << 20);

        assertFindsWhatWasPlanted(report);
        assertThat(report.profile().tokenizedShare()).isEqualTo(1);
    }

    @Test
    @Tag("slow")
    void findsWhatWasPlantedInAHundredMegabytesOfWhichItTokenizesASample() throws IOException {
        DatasetCheckReport report = check(100 << 20);

        assertFindsWhatWasPlanted(report);
        assertThat(report.profile().tokenizedShare() * planted.rows).isGreaterThanOrEqualTo(20_000);
        assertThat(report.profile().tokenizedShare()).isLessThan(1);
    }

    private DatasetCheckReport check(long bytes) throws IOException {
        Path file = folder.resolve("planted.jsonl");
        planted.write(file, bytes);
        TaskSpec task = TaskSpec.of(TaskKind.SENTIMENT);
        DataSpec data = DataSpec.ofFile("rows.jsonl");
        return new DatasetCheck(task, CheckSpec.defaults(), 512, 8, 17, new WordCodec(2048), 2, data)
                .inspect(new DatasetParts(Map.of(Part.TRAIN, RowSource.ofFile(file)), "openai-chat", "d"));
    }

    private void assertFindsWhatWasPlanted(DatasetCheckReport report) {
        assertThat(report.profile().rowsByPart()).containsEntry(Part.TRAIN, planted.rows);
        assertThat(report.profile().exactDuplicates()).isEqualTo(planted.exactDuplicates);
        assertThat((double) report.profile().nearDuplicates())
                .isBetween(0.98 * planted.nearDuplicates, 1.0 * planted.nearDuplicates);
        assertThat(report.findings()).contains(new FindingCount("FT0331", "email", planted.emails));
        assertThat(report.profile().rowsByLabel()).hasSize(4);
    }
}
