package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.prepare.DataPreparation;
import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Makes the rows of a job, or finds them where the same job and files were prepared before. */
final class PrepareDataStep {
    private static final int KEY_CHARACTERS = 24;

    /** One more whenever rows are read otherwise: what an older version prepared is not taken up. */
    private static final int FORM = 3;

    private final Path cache;
    private final DataPreparation preparation;

    PrepareDataStep(Path home, AddressFetcher fetcher, FetchProgress progress) {
        this.cache = home.resolve("cache").resolve("prepared");
        this.preparation = new DataPreparation(new SourceCache(home, fetcher, progress));
    }

    /**
     * The rows, as a model that speaks reads them or as an encoder does, in a folder of the cache that belongs to this data section and
     * task. It is written anew when the files behind it change, so a run takes a copy.
     *
     * @throws FineTuneException with every problem of the data, or FT0501 if the cache cannot be written
     */
    PreparedData prepare(FineTuneJob job, boolean speaks, Path baseFolder) {
        String key = Json.digest(Map.of(
                        "form", FORM,
                        "data", job.data(),
                        "task", job.task(),
                        "invalid", job.check().maxInvalid(),
                        "speaks", speaks,
                        "folder", baseFolder.toString()))
                .substring(0, KEY_CHARACTERS);
        Path lock = cache.resolve(key + ".lock");
        try {
            ExclusiveLock mine = ExclusiveLock.acquire(lock, () -> {});
            try (mine) {
                return preparation.prepare(job, speaks, baseFolder, cache.resolve(key));
            }
        } catch (IOException e) {
            throw RunProblems.unwritable(lock, e);
        }
    }
}
