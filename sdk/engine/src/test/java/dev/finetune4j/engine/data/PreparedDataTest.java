package dev.finetune4j.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDataTest {
    @TempDir
    Path folder;

    @Test
    void readsAPartAsOftenAsAsked() throws IOException {
        Example row = new Example.Conversation(
                new RowRef("tickets.jsonl", 7),
                List.of(new Message(Role.USER, "Ü\n?"), new Message(Role.ASSISTANT, "yes")),
                "yes");
        Files.writeString(folder.resolve("train.jsonl"), Json.line(row) + "\n");
        PreparedData data = new PreparedData(folder, record(), List.of());

        for (int reading = 0; reading < 2; reading++) {
            try (Stream<Example> rows = data.rows(Part.TRAIN).open()) {
                assertThat(rows).containsExactly(row);
            }
        }
    }

    @Test
    void saysWhichFileIsMissing() {
        RowSource rows = new PreparedData(folder, record(), List.of()).rows(Part.TEST);

        assertThatThrownBy(rows::open)
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0230")
                .hasMessageContaining("test.jsonl");
    }

    @Test
    void recordSurvivesJson() {
        SplitRecord record = record();

        assertThat(Json.read(Json.line(record), SplitRecord.class)).isEqualTo(record);
    }

    private static SplitRecord record() {
        return new SplitRecord(
                "ab",
                "columns",
                "named by the job",
                List.of("yes", "no"),
                SplitSpec.defaults(),
                10,
                1,
                Map.of(Part.TRAIN, new SplitRecord.PartShare(1, 2, 2, Map.of("yes", 1L, "no", 0L))),
                Map.of("tickets", "cd"),
                "ef");
    }
}
