package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import java.nio.file.Files;
import java.util.List;

/** The events of an ended run in its own folder, where they outlive what the provider keeps. */
final class SavedEvents {
    private SavedEvents() {}

    /**
     * Writes them, one a line.
     *
     * @throws FineTuneException with FT0501 if the file cannot be written
     */
    static void write(RunFolder folder, List<RunEvent> events) {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(Json.line(event)).append('\n'));
        WholeFile.write(folder.events(), lines.toString());
    }

    /**
     * Reads them; empty where the run ended before it was launched.
     *
     * @throws FineTuneException with FT0503 if the file cannot be read
     */
    static List<RunEvent> read(RunFolder folder) {
        if (Files.notExists(folder.events())) {
            return List.of();
        }
        return RunRecords.readLines(folder.events(), RunEvent.class);
    }
}
