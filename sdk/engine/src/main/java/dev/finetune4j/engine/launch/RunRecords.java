package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Reads records that were written into the folder of a run, or by the worker. */
final class RunRecords {
    private RunRecords() {}

    /**
     * The one record of a file.
     *
     * @throws FineTuneException with FT0503 if the file cannot be read or holds something else
     */
    static <T> T read(Path file, Class<T> type) {
        try {
            return Json.read(Files.readString(file), type);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw RunProblems.unreadable(file, Objects.requireNonNull(e.getCause()));
        }
    }

    /**
     * The records of a file that has one a line.
     *
     * @throws FineTuneException with FT0503 if the file cannot be read or a line holds something else
     */
    static <T> List<T> readLines(Path file, Class<T> type) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> Json.read(line, type))
                    .toList();
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw RunProblems.unreadable(file, Objects.requireNonNull(e.getCause()));
        }
    }
}
