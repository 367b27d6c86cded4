package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What rehearsals showed, by all that it depends on: rows, model, settings, version of finetune4j and processors. It stays until the
 * same job is rehearsed again, since it is evidence and no copy.
 */
public final class KeptRehearsals {
    private static final int KEY_CHARACTERS = 24;

    private final Path folder;
    private final String version;

    /**
     * The rehearsals of a home.
     *
     * @param version of finetune4j
     */
    public KeptRehearsals(Path home, String version) {
        this.folder = home.resolve("rehearsals");
        this.version = version;
    }

    /** What a rehearsal of the very same job showed; empty where there was none, its model is not here, or the file is damaged. */
    public Optional<Rehearsal> find(JobFigures figures) {
        return figures.model()
                .filesHere()
                .flatMap(model -> read(file(figures.file().job(), figures.rows().digest(), model.digest())));
    }

    /**
     * Keeps what a rehearsal showed.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0501 if it cannot be written
     */
    void keep(PreparedJob job, Rehearsal rehearsal) {
        WholeFile.write(
                file(job.file().job(), job.data().digest(), job.model().digest()), Json.pretty(rehearsal) + "\n");
    }

    /** Where a rehearsal has its rows while it goes on. */
    Path folder(RunId id) {
        return folder.resolve(id.value());
    }

    /**
     * The folders of all rehearsals that go on, or that ended without a word.
     *
     * @throws IOException if they cannot be listed
     */
    List<RunFolder> folders() throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory)
                    .flatMap(path ->
                            RunId.of(String.valueOf(path.getFileName())).map(id -> new RunFolder(id, path)).stream())
                    .toList();
        }
    }

    private static Optional<Rehearsal> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(Json.read(Files.readString(file), Rehearsal.class))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException | NullPointerException | IllegalArgumentException e) {
            return Optional.empty(); // the job can be rehearsed again
        }
    }

    private Path file(FineTuneJob job, String data, String model) {
        return folder.resolve(Json.digest(Map.of(
                                "data", data,
                                "model", model,
                                "task", job.task(),
                                "method", job.method(),
                                "training", job.training(),
                                "evaluation", job.evaluation(),
                                "version", version,
                                "processors", Runtime.getRuntime().availableProcessors()))
                        .substring(0, KEY_CHARACTERS)
                + ".json");
    }
}
