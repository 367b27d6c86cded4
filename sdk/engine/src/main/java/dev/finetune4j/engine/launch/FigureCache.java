package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Figures of rows that were looked at before, by what they depend on, so that no row is tokenized twice. */
final class FigureCache {
    private static final int KEY_CHARACTERS = 24;

    /** One more whenever the figures are others: what an older version kept is not read. */
    private static final int FORM = 7;

    private final Path folder;

    FigureCache(Path home) {
        folder = home.resolve("cache").resolve("figures");
    }

    /**
     * What was kept; nothing where nothing was, or where it is damaged.
     *
     * @param data digest of the rows
     * @param counter who counted tokens: digest of the model's files, or what else tells it from others
     */
    Optional<RowFigures> find(FineTuneJob job, String data, String counter) {
        Path file = file(job, data, counter);
        try {
            return Files.exists(file)
                    ? Optional.of(Json.read(Files.readString(file), RowFigures.class))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException | NullPointerException e) {
            return Optional.empty(); // made anew
        }
    }

    /** Keeps figures. A cache that cannot be written costs time and nothing else. */
    void keep(FineTuneJob job, String data, String counter, RowFigures figures) {
        try {
            Files.createDirectories(folder);
            WholeFile.write(file(job, data, counter), Json.line(figures) + "\n");
        } catch (IOException | FineTuneException e) {
            return;
        }
    }

    private Path file(FineTuneJob job, String data, String counter) {
        return folder.resolve(Json.digest(Map.of(
                                "form", FORM,
                                "data", data,
                                "model", counter,
                                "task", job.task(),
                                "evaluation", job.evaluation(),
                                "max-tokens", job.training().maxTokens(),
                                "batch-size", job.training().batchSize(),
                                "in-front", job.method().virtualTokens()))
                        .substring(0, KEY_CHARACTERS)
                + ".json");
    }
}
