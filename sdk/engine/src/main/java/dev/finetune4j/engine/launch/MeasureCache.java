package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The measures of runs, kept in the home folder, so that the journals and events of old runs are not read again. */
final class MeasureCache {
    /** One more whenever a measure is another: what an older version kept is not read. */
    private static final int FORM = 7;

    private final Path file;

    private record Kept(int form, Map<String, RunMeasure> runs) {}

    MeasureCache(Path home) {
        file = home.resolve("cache").resolve("measures.json");
    }

    /** What was kept, by the ids of runs; nothing where nothing was, or where it is damaged. */
    Map<String, RunMeasure> read() {
        try {
            if (Files.exists(file)) {
                Kept kept = Json.read(Files.readString(file), Kept.class);
                return kept.form() == FORM ? Map.copyOf(kept.runs()) : Map.of();
            }
        } catch (IOException | UncheckedIOException | NullPointerException e) {
            return Map.of(); // made anew
        }
        return Map.of();
    }

    /** Keeps these and no others. A cache that cannot be written costs time and nothing else. */
    void write(Map<String, RunMeasure> measures) {
        try {
            Files.createDirectories(file.getParent());
            WholeFile.write(file, Json.line(new Kept(FORM, measures)) + "\n");
        } catch (IOException | FineTuneException e) {
            return;
        }
    }
}
