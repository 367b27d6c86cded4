package dev.finetune4j.worker.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.spi.LogPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of a log come once and whole, while somebody writes it. */
class LogReaderTest {
    @TempDir
    private Path root;

    private JobFolder folder;
    private LogReader reader;

    @BeforeEach
    void open() {
        folder = new JobFolder(root);
        reader = new LogReader(folder);
    }

    @Test
    void hasNothingBeforeTheWorkerStarts() {
        assertThat(reader.after(LogPage.START)).isEqualTo(new LogPage(List.of(), LogPage.START));
    }

    @Test
    void waitsForTheEndOfALine() throws IOException {
        write("one\ntw");
        LogPage first = reader.after(LogPage.START);
        assertThat(first.lines()).containsExactly("one");
        assertThat(reader.after(first.next()).lines()).isEmpty();

        write("o\u00e9\nthree\n");
        LogPage second = reader.after(first.next());
        assertThat(second.lines()).containsExactly("two\u00e9", "three");
        assertThat(reader.after(second.next())).isEqualTo(new LogPage(List.of(), second.next()));
    }

    @Test
    void cutsALineThatDoesNotEnd() throws IOException {
        write("x".repeat(3 << 20));
        List<String> pieces = new ArrayList<>();
        LogPage page = reader.after(LogPage.START);
        while (!page.lines().isEmpty()) {
            pieces.addAll(page.lines());
            page = reader.after(page.next());
        }

        assertThat(pieces).hasSize(3).allSatisfy(piece -> assertThat(piece).hasSize(1 << 20));
    }

    @Test
    void refusesTheCursorOfNobody() throws IOException {
        write("one\n");

        assertThatThrownBy(() -> reader.after("99")).hasMessageContaining("FT0653");
        assertThatThrownBy(() -> reader.after("-1")).hasMessageContaining("FT0653");
        assertThatThrownBy(() -> reader.after("end")).hasMessageContaining("FT0653");
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
