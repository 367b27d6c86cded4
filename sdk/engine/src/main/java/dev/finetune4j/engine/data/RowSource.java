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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Rows that can be read as often as needed, one after the other and never all at once. */
@FunctionalInterface
public interface RowSource {
    /**
     * Starts reading at the first row. The caller closes the stream.
     *
     * @throws FineTuneException with FT0230 if the file cannot be read; so does the stream where a row is none
     */
    Stream<Example> open();

    /** The examples of a file that holds one {@link Example} a line, as {@code Json.line} wrote it. */
    static RowSource ofFile(Path file) {
        return () -> {
            try {
                BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                return Stream.generate(() -> next(file, lines))
                        .takeWhile(Optional::isPresent)
                        .flatMap(Optional::stream)
                        .onClose(() -> close(lines));
            } catch (IOException e) {
                throw DataProblems.unreadable(file.toString(), e);
            }
        };
    }

    /** The next example; empty after the last. */
    private static Optional<Example> next(Path file, BufferedReader lines) {
        try {
            return Optional.ofNullable(lines.readLine()).map(line -> Json.read(line, Example.class));
        } catch (IOException e) {
            throw DataProblems.unreadable(file.toString(), e);
        } catch (UncheckedIOException e) {
            throw DataProblems.unreadable(file.toString(), Objects.requireNonNull(e.getCause()));
        }
    }

    private static void close(BufferedReader lines) {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
