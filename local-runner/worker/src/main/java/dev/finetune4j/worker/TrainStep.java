package dev.finetune4j.worker;

import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingFolders;
import dev.finetune4j.training.loop.TrainingLoop;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.loop.TrainingResult;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.training.model.decoder.PeftStart;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.rows.EncodedRows;
import dev.finetune4j.training.rows.LabelledRows;
import dev.finetune4j.training.rows.LeftOut;
import dev.finetune4j.training.rows.RowsAfterVirtualTokens;
import dev.finetune4j.training.rows.TrainingRows;
import dev.finetune4j.worker.folder.MemoryUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does {@link WorkStep.Train}: rows, plan, model, loop. */
final class TrainStep {
    private final WorkSite site;
    private final WorkStep.Train step;
    private final NumberFormats formats = NumberFormats.here();
    private long foreseenPeakBytes;
    private @Nullable Duration diskWaitBefore;

    TrainStep(WorkSite site, WorkStep.Train step) {
        this.site = site;
        this.step = step;
    }

    /** Whether an earlier worker finished it. */
    boolean isComplete() {
        return Files.isDirectory(result());
    }

    /** Trains; the reason why it stopped before the end, if it did. */
    Optional<String> run() {
        TrainingFolders folders = new TrainingFolders(
                site.folder().checkpoints(), site.folder().root().resolve("best"), result());
        return with(
                folders,
                site.ticket().order().digest(),
                loop -> loop.run() instanceof TrainingResult.Stopped stopped
                        ? Optional.of(stopped.reason())
                        : Optional.empty());
    }

    /**
     * Goes over the last steps of another job's training again; what came out, or empty where it was told to stop.
     *
     * @param orderDigest of that job
     * @param checkpoints which it left
     */
    Optional<Replay> replay(String orderDigest, Path checkpoints) {
        Path scratch = site.folder().root().resolve("replay");
        TrainingFolders folders = new TrainingFolders(checkpoints, scratch.resolve("best"), scratch.resolve("result"));
        return with(folders, orderDigest, loop -> loop.replay(scratch.resolve("state.safetensors")));
    }

    /** Does the first steps only; empty where it was told to stop. */
    Optional<Rehearsal.Training> rehearse(Extent extent) {
        TrainingFolders folders = new TrainingFolders(
                site.folder().checkpoints(), site.folder().root().resolve("best"), result());
        Path scratch = site.folder().root().resolve("rehearsal").resolve("state.safetensors");
        return with(folders, site.ticket().order().digest(), loop -> loop.rehearse(extent, scratch));
    }

    /** Resident memory foreseen at the peak; 0 before the model was loaded. */
    long foreseenPeakBytes() {
        return foreseenPeakBytes;
    }

    /** How long the machine had only waited for its disk when the model was loaded; empty before, or if it does not tell. */
    Optional<Duration> diskWaitBefore() {
        return Optional.ofNullable(diskWaitBefore);
    }

    private <T> T with(TrainingFolders folders, String orderDigest, Function<TrainingLoop, T> use) {
        TrainingSpec spec = step.training();
        TrainingRows training;
        TrainingRows validation;
        TextLengths answers;
        List<Integer> startTokens;
        int rowLimit;
        try (TextCodec codec = site.openCodec()) {
            rowLimit = codec.rowLimit(spec.maxTokens());
            training = read(codec, Part.TRAIN);
            validation = read(codec, Part.VALIDATION);
            answers = codec.speaks() ? AnswerSession.lengths(site, codec) : TextLengths.NONE;
            startTokens = PeftStart.tokensOfText(step.method(), codec);
        }
        if (training.isEmpty()) {
            throw LeftOut.of(training, spec.maxTokens()).nothingToLearn();
        }
        int virtual = step.method().virtualTokens();
        TrainingRows learned = new RowsAfterVirtualTokens(training, virtual);
        TrainingRows watched = new RowsAfterVirtualTokens(validation, virtual);
        TrainingPlan plan = new TrainingPlan(spec, learned, watched, rowLimit + virtual, prefix(training, validation));
        int rows = training.lengths().length;
        site.say("loading the model for " + plan.steps() + (plan.steps() == 1 ? " step" : " steps") + " over " + rows
                + (rows == 1 ? " row" : " rows"));
        if (training instanceof LabelledRows labelled) {
            ClassifierLoader.Loaded loaded = site.loadClassifierToTrain(step, labelled.counts(), plan.maxBatchTokens());
            started(loaded.model(), plan, loaded.precision(), loaded.recompute(), loaded.predictedPeakBytes());
            MemoryUse memory =
                    MemoryUse.of(spec, formats, MemoryUse.narrowerThan(loaded.precision()), loaded.recompute(), "");
            return with(
                    loaded.model(),
                    memory,
                    loop(learned, watched, plan, folders, orderDigest).andThen(use));
        }
        LanguageModelLoader.Loaded loaded = site.loadToTrain(step, startTokens, plan, answers);
        started(loaded.model(), plan, loaded.precision(), loaded.recompute(), loaded.predictedPeakBytes());
        MemoryUse memory = MemoryUse.of(spec, formats, loaded.smaller(), loaded.recompute(), loaded.largestPart());
        return with(
                loaded.model(),
                memory,
                loop(learned, watched, plan, folders, orderDigest).andThen(use));
    }

    /** An encoder's rows look at later tokens, too, so that each is computed whole. */
    private BatchPrefix prefix(TrainingRows training, TrainingRows validation) {
        return training instanceof EncodedRows learned && validation instanceof EncodedRows watched
                ? DecoderLoader.prefix(
                        step.method(),
                        site.threads(step.training()),
                        learned.sharedPrefix(watched) + step.method().virtualTokens())
                : BatchPrefix.NONE;
    }

    private void started(
            TrainableModel model, TrainingPlan plan, Precision precision, Recompute recompute, long peakBytes) {
        foreseenPeakBytes = peakBytes;
        diskWaitBefore = site.diskWait().orElse(null);
        site.tell(new RunEvent.TrainingStarted(
                site.now(),
                model.parameters(),
                model.trainableParameters(),
                plan.steps(),
                precision.name().toLowerCase(Locale.ROOT),
                recompute.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                site.threads(step.training()),
                peakBytes,
                plan.computedShare()));
    }

    private Function<TrainableModel, TrainingLoop> loop(
            TrainingRows training,
            TrainingRows validation,
            TrainingPlan plan,
            TrainingFolders folders,
            String orderDigest) {
        return model -> new TrainingLoop(
                model,
                training,
                validation,
                step.training(),
                plan,
                folders,
                identity(orderDigest, training, validation),
                site.surroundings());
    }

    private <T> T with(TrainableModel loaded, MemoryUse memory, Function<TrainableModel, T> use) {
        site.remember(memory);
        try (TrainableModel model = loaded) {
            T result = use.apply(model);
            site.lookAtThreads();
            return result;
        } catch (FineTuneException e) {
            throw explained(e, memory);
        }
    }

    private static FineTuneException explained(FineTuneException failure, MemoryUse use) {
        Problem problem = failure.problems().get(0);
        if (!problem.kind().equals(ModelProblems.OUT_OF_MEMORY)) {
            return failure;
        }
        Problem.Builder explained = problem.kind().error(problem.summary());
        problem.causes().forEach(explained::because);
        use.explain(explained);
        return explained.asException(failure);
    }

    private TrainingRows read(TextCodec codec, Part part) {
        Path file = site.channel(WorkOrder.DATA_CHANNEL).resolve(part.fileName());
        if (part == Part.VALIDATION && !Files.exists(file)) {
            return EncodedRows.of(List.of(), List.of());
        }
        int maxTokens = codec.rowLimit(step.training().maxTokens());
        TrainingRows rows = codec.speaks()
                ? EncodedRows.read(file, codec, maxTokens)
                : LabelledRows.read(file, codec, maxTokens, step.labels());
        if (!rows.isEmpty()) {
            LeftOut.of(rows, step.training().maxTokens()).warning(file).ifPresent(site::notice);
        }
        return rows;
    }

    /** A checkpoint goes with the order (which stands for the model's files) and with the tokens that it was taken on. */
    private String identity(String orderDigest, TrainingRows training, TrainingRows validation) {
        return Json.digest(List.of(orderDigest, Json.line(step), training.digest(), validation.digest()));
    }

    private Path result() {
        return site.folder().output().resolve(WorkOrder.resultFolder(step.method()));
    }
}
