package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFolderTest {
    @TempDir
    private Path folder;

    @Test
    void whereItCannotBeWrittenAnotherPlaceIsAdvised() throws IOException {
        Path from = Files.createDirectory(folder.resolve("from"));
        Path file = Files.createFile(folder.resolve("file"));
        ExportFolder whole = ExportFolder.at(file.resolve("merged"));
        ExportFile gguf = ExportFile.at(file.resolve("merged/tuned.gguf"));

        for (ExportTarget target : List.of(whole, gguf)) {
            assertThatThrownBy(() -> target.fill(from)).isInstanceOfSatisfying(FineTuneException.class, e -> {
                assertThat(e.problems().get(0).code()).isEqualTo("FT0501");
                assertThat(e.problems().get(0).remedies().get(0)).isEqualTo("finetune export RUN --to another-folder");
            });
        }
    }
}
