package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.TextCodecFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A preparation that keeps what it fetched in the home folder. */
public final class HomePreparation implements Preparation {
    private final PrepareDataStep data;
    private final ModelResolver models;
    private final Supplier<TextCodecFactory> codecs;
    private final int threads;
    private final PreparationProgress progress;

    /**
     * A preparation.
     *
     * @param home finetune4j's folder on this machine
     * @param sources how files of data are fetched
     * @param models how models are fetched
     * @param codecs the reader of model text, asked for when rows are to be looked at
     * @param threads threads to look at rows with
     * @param progress hears how it goes on
     */
    public HomePreparation(
            Path home,
            AddressFetcher sources,
            ModelResolver models,
            Supplier<TextCodecFactory> codecs,
            int threads,
            PreparationProgress progress) {
        this.data = new PrepareDataStep(home, sources, progress);
        this.models = models;
        this.codecs = codecs;
        this.threads = threads;
        this.progress = progress;
    }

    /** {@inheritDoc} Data and model are both tried, so that one word tells of all problems. */
    @Override
    public PreparedJob prepare(JobFile file) {
        List<Problem> problems = new ArrayList<>();
        progress.began(PreparationProgress.Stage.DATA);
        PreparedData rows = tried(() -> data.prepare(file.job(), file.baseFolder()), problems);
        progress.began(PreparationProgress.Stage.MODEL);
        ModelFiles model = tried(() -> models.resolve(file.job().model(), file.baseFolder()), problems);
        if (rows == null || model == null) {
            throw new FineTuneException(problems, null);
        }
        progress.began(PreparationProgress.Stage.CHECK);
        DatasetCheckReport check = new CheckStep(codecs.get(), threads).check(file.job(), rows, model);
        return new PreparedJob(file, rows, model, check);
    }

    private static <T> @Nullable T tried(Supplier<T> step, List<Problem> problems) {
        try {
            return step.get();
        } catch (FineTuneException e) {
            problems.addAll(e.problems());
            return null;
        }
    }
}
