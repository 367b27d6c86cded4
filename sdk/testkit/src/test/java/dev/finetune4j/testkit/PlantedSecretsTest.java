package dev.finetune4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlantedSecretsTest {
    private final PlantedSecrets secrets = new PlantedSecrets(50, 7);

    @TempDir
    Path folder;

    @Test
    void plantsDistinctSecrets() {
        assertThat(secrets.values()).hasSize(50).doesNotHaveDuplicates();
        assertThat(secrets.environment()).containsKey("HF_TOKEN");
    }

    @Test
    void findsALeakInADeepFileWithoutPrintingIt() throws Exception {
        String value = secrets.environment().get("HF_TOKEN");
        Path deep = Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(deep.resolve("journal.jsonl"), "{\"token\":\"" + value + "\"}");

        assertThatThrownBy(() -> secrets.assertAbsentBelow(folder))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("HF_TOKEN")
                .hasMessageContaining("journal.jsonl")
                .hasMessageNotContaining(value);
    }

    @Test
    void passesCleanFiles() throws Exception {
        Files.writeString(folder.resolve("journal.jsonl"), "{\"token\":\"[redacted]\"}");

        secrets.assertAbsentBelow(folder);
    }
}
