package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run left is counted, or why it cannot be is told. */
class FetchedFilesTest {
    private static final RunId RUN = new RunId("letters-0a1b2c3d-1");

    /** No system takes a path that is longer than 4,096 characters. */
    private static final int LEVELS = 15;

    private static final String LONG_NAME = "n".repeat(200);

    @TempDir
    private Path folder;

    @Test
    void countsTheFilesBelowAFolder() throws IOException {
        Files.writeString(folder.resolve("one"), "abc");
        Files.writeString(Files.createDirectories(folder.resolve("deep/er")).resolve("two"), "12345");

        FetchedFiles fetched = FetchedFiles.in(RUN, RunState.STOPPED, folder);

        assertThat(fetched).isEqualTo(new FetchedFiles(RUN, RunState.STOPPED, folder, 2, 8));
    }

    @Test
    void findsNothingWhereThereIsNoFolder() {
        Path absent = folder.resolve("absent");

        assertThat(FetchedFiles.in(RUN, RunState.FAILED, absent))
                .isEqualTo(new FetchedFiles(RUN, RunState.FAILED, absent, 0, 0));
    }

    @Test
    void tellsThatAFolderCannotBeOpened() {
        assertThatThrownBy(
                        () -> FetchedFiles.in(RUN, RunState.FAILED, deep(folder).resolve(deep(Path.of("")))))
                .hasMessageContaining("FT0503");
    }

    @Test
    void tellsThatAFolderWithinCannotBeOpened() throws IOException {
        Path first = folder.resolve("first");
        Path end = Files.createDirectories(deep(first));
        Path second = folder.resolve("second");
        Files.createDirectories(deep(second));
        Path within = Files.move(second, end.resolve("second"));
        try {
            assertThatThrownBy(() -> FetchedFiles.in(RUN, RunState.FAILED, first))
                    .hasMessageContaining("FT0503");
        } finally {
            Files.move(within, second); // otherwise nobody could remove it
        }
    }

    private static Path deep(Path from) {
        Path path = from;
        for (int i = 0; i < LEVELS; i++) {
            path = path.resolve(LONG_NAME);
        }
        return path;
    }
}
