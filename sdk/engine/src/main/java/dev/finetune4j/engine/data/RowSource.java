package dev.finetune4j.engine.data;

import dev.finetune4j.data.Example;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Rows that can be read as often as needed, one after the other and never all at once. */
@FunctionalInterface
public interface RowSource {
    /**
     * Starts reading at the first row. The caller closes the stream.
     *
     * @throws FineTuneException with FT0230 if the file cannot be read
     */
    Stream<Example> open();

    /** The examples of a file that holds one {@link Example} a line, as {@code Json.line} wrote it. */
    static RowSource ofFile(Path file) {
        return () -> {
            try {
                BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                return lines.lines().map(line -> Json.read(line, Example.class)).onClose(() -> close(lines));
            } catch (IOException e) {
                throw DataProblems.unreadable(file.toString(), e);
            }
        };
    }

    private static void close(BufferedReader lines) {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
