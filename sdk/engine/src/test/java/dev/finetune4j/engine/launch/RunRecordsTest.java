package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordsTest {
    @TempDir
    private Path folder;

    @Test
    void saysOfADamagedLineThatItIsNotAsItWasWritten() throws IOException {
        Path events = Files.writeString(folder.resolve("events.jsonl"), "{\"kind\":\"state\",\"at\"v\"\n");

        assertThatThrownBy(() -> RunRecords.readLines(events, RunEvent.class))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e.problems().get(0).code()).isEqualTo("FT0503");
                    assertThat(e.problems().get(0).causes())
                            .containsExactly("it is not JSON as this version of finetune writes it");
                });
    }
}
