package dev.finetune4j.training.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleReaderTest {
    private static final Example ROW = new Example.Passage(new RowRef("rows.txt", 3), "Gruß an alle, \"ehrlich\"");

    @TempDir
    private Path folder;

    @Test
    void readsRowsAndSkipsBlankLines() throws Exception {
        Path file = write(Json.line(ROW) + "\r\n\n" + Json.line(ROW));

        try (ExampleReader reader = ExampleReader.open(file)) {
            assertThat(reader.next()).isEqualTo(ROW);
            assertThat(reader.next()).isEqualTo(ROW);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void namesTheLineThatIsNotAnExample() throws Exception {
        Path file = write(Json.line(ROW) + "\n{\"kind\":\"passage\",\"text\":\n");

        try (ExampleReader reader = ExampleReader.open(file)) {
            reader.next();

            assertThatThrownBy(reader::next)
                    .hasMessageContaining("FT0631: line 2 of rows.jsonl cannot be used: it is not an example in JSON")
                    .hasMessageContaining("rows.jsonl:2");
        }
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws Exception {
        Path file = folder.resolve("rows.jsonl");
        Files.write(file, Json.line(ROW).getBytes(StandardCharsets.ISO_8859_1));

        try (ExampleReader reader = ExampleReader.open(file)) {
            assertThatThrownBy(reader::next)
                    .hasMessageContaining("line 1 of rows.jsonl cannot be used: it is not UTF-8");
        }
    }

    @Test
    void refusesALineThatWouldFillTheMemory() throws Exception {
        byte[] bytes = new byte[ExampleReader.MAX_LINE_BYTES + 1];
        Arrays.fill(bytes, (byte) 'x');
        Path file = folder.resolve("rows.jsonl");
        Files.write(file, bytes);

        try (ExampleReader reader = ExampleReader.open(file)) {
            assertThatThrownBy(reader::next).hasMessageContaining("it is longer than 33554432 bytes");
        }
    }

    @Test
    void namesTheFileThatIsMissing() {
        assertThatThrownBy(() -> ExampleReader.open(folder.resolve("test.jsonl")))
                .hasMessageContaining("FT0630: the rows in test.jsonl cannot be read");
    }

    private Path write(String text) throws Exception {
        return Files.writeString(folder.resolve("rows.jsonl"), text);
    }
}
