package dev.finetune4j.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessedStreamTest {
    @TempDir
    Path folder;

    @Test
    void losesNothingOnAThreadThatIsInterrupted() throws IOException {
        Path file = folder.resolve("result");
        try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
            WitnessedStream witnessed = new WitnessedStream(stream);
            Thread.currentThread().interrupt();
            witnessed.write('a');
            boolean staysInterrupted = Thread.interrupted();
            witnessed.write('b');

            assertThat(staysInterrupted).isTrue();
            assertThat(witnessed.loss()).isEmpty();
        }
        assertThat(file).hasContent("ab");
    }
}
