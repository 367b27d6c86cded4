package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.job.SplitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DerivedRowsTest {
    @TempDir
    private Path root;

    private int written;

    @Test
    void areWrittenOnceAndAnewWhereTheyAreDamaged() throws IOException {
        DerivedRows rows = new DerivedRows(whole(), Map.of(), (part, file) -> {
            written++;
            Files.writeString(file, part.fileName() + "\n");
        });
        Path folder = root.resolve("rows");
        PreparedData first = rows.in(folder);

        assertThat(rows.in(folder)).isEqualTo(first);
        assertThat(written).isEqualTo(Part.values().length);

        Files.writeString(first.file(Part.TRAIN), "");
        assertThat(rows.in(folder)).isEqualTo(first);
        assertThat(first.file(Part.TRAIN)).hasContent("train.jsonl\n");

        Files.writeString(folder.resolve(DataPreparation.RECORD_FILE), "zz");
        assertThat(rows.in(folder)).isEqualTo(first);
    }

    private PreparedData whole() {
        SplitRecord record = new SplitRecord(
                "c".repeat(64),
                "openai-chat",
                "rows have messages",
                List.of(),
                SplitSpec.defaults(),
                3,
                0,
                Map.of(),
                Map.of(),
                "d".repeat(64));
        return new PreparedData(root.resolve("whole"), record, List.of());
    }
}
