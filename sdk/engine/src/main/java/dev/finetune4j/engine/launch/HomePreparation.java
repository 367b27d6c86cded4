package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.source.AddressFetcher;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A preparation that keeps what it fetched in the home folder. */
public final class HomePreparation implements Preparation {
    private final PrepareDataStep data;
    private final ModelResolver models;
    private final ModelLookup lookup;
    private final FigureCache cache;
    private final Supplier<TextCodecFactory> codecs;
    private final int threads;
    private final PreparationProgress progress;

    /**
     * A preparation.
     *
     * @param home finetune4j's folder on this machine
     * @param sources how files of data are fetched
     * @param models how models are fetched
     * @param catalogue models that are known by id
     * @param codecs the reader of model text, asked for when rows are to be looked at
     * @param threads threads to look at rows with
     * @param progress hears how it goes on
     */
    public HomePreparation(
            Path home,
            AddressFetcher sources,
            ModelResolver models,
            ModelCatalogue catalogue,
            Supplier<TextCodecFactory> codecs,
            int threads,
            PreparationProgress progress) {
        this.data = new PrepareDataStep(home, sources, progress);
        this.models = models;
        this.lookup = new ModelLookup(catalogue, models, codecs);
        this.cache = new FigureCache(home);
        this.codecs = codecs;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * {@inheritDoc} Data and model are both tried, so that one word tells of all problems. Rows that turn out to be an encoder's are
     * made once more, of their text alone.
     */
    @Override
    public PreparedJob prepare(JobFile file) {
        List<Problem> problems = new ArrayList<>();
        progress.began(PreparationProgress.Stage.DATA);
        PreparedData rows = tried(() -> data.prepare(file.job(), true, file.baseFolder()), problems);
        progress.began(PreparationProgress.Stage.MODEL);
        ModelFiles model = tried(() -> models.resolve(file.job().model(), file.baseFolder()), problems);
        if (rows == null || model == null) {
            throw new FineTuneException(problems, null);
        }
        PreparedJob job = look(file, rows, model);
        keep(job);
        return job;
    }

    /** What is looked at is kept, so that a plan needs not look again. */
    private RowFigures keep(PreparedJob job) {
        RowFigures figures = RowFigures.of(job); // which reads every training row
        cache.keep(job.file().job(), job.data().digest(), job.model().digest(), figures);
        return figures;
    }

    private PreparedJob look(JobFile file, PreparedData rows, ModelFiles model) {
        progress.began(PreparationProgress.Stage.CHECK);
        try (TextCodec codec =
                CodecBehindVirtualTokens.of(codecs.get().open(model), file.job().method())) {
            CheckStep check = new CheckStep(codec, threads);
            if (codec.speaks()) {
                return check.check(file, rows, model);
            }
            PreparedData texts =
                    file.job().task().prompt() == null ? data.prepare(file.job(), false, file.baseFolder()) : rows;
            return check.check(EncoderJob.of(file), texts, model);
        }
    }

    @Override
    public boolean hasModel(JobFile file) {
        return models.find(file.job().model(), file.baseFolder()).isPresent();
    }

    /** {@inheritDoc} Rows are tokenized where the model is on this machine and no check has done so before. */
    @Override
    public JobFigures figures(JobFile asked, @Nullable Architecture said) {
        ModelFacts model = lookup.find(asked, said);
        JobFile file = model.speaks() ? asked : EncoderJob.of(asked);
        progress.began(PreparationProgress.Stage.DATA);
        boolean speaks = model.speaks() || file.job().task().prompt() != null;
        PreparedData rows = data.prepare(file.job(), speaks, file.baseFolder());
        ModelFiles files = model.files();
        if (files == null) {
            int context = model.known() == null ? 0 : model.known().contextTokens();
            return new JobFigures(file, byCharacters(file.job(), rows, context), model);
        }
        RowFigures figures =
                cache.find(file.job(), rows.digest(), files.digest()).orElseGet(() -> keep(look(asked, rows, files)));
        return new JobFigures(file, figures, model);
    }

    private RowFigures byCharacters(FineTuneJob job, PreparedData rows, int contextTokens) {
        String counter = "characters, " + contextTokens;
        return cache.find(job, rows.digest(), counter).orElseGet(() -> {
            RowFigures figures = CharacterFigures.of(job, rows, contextTokens);
            cache.keep(job, rows.digest(), counter, figures);
            return figures;
        });
    }

    @Override
    public JobFigures figures(PreparedJob prepared) {
        ModelFacts model = lookup.find(prepared.file(), null);
        return new JobFigures(
                prepared.file(),
                RowFigures.of(prepared),
                new ModelFacts(
                        model.architecture(),
                        model.known(),
                        prepared.model(),
                        model.declaredClass(),
                        model.hasTower(),
                        model.storedBytes()));
    }

    @Override
    public Optional<String> digest(Path model) {
        return models.digest(model);
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
