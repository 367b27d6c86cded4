package dev.finetune4j.worker;

import dev.finetune4j.data.Part;
import dev.finetune4j.error.Location;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingFolders;
import dev.finetune4j.training.loop.TrainingLoop;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.loop.TrainingResult;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.training.rows.EncodedRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Does {@link WorkStep.Train}: rows, plan, model, loop. */
final class TrainStep {
    private final WorkSite site;
    private final WorkStep.Train step;

    TrainStep(WorkSite site, WorkStep.Train step) {
        this.site = site;
        this.step = step;
    }

    /** Whether an earlier worker finished it. */
    boolean isComplete() {
        return Files.isDirectory(adapter());
    }

    /** Trains; the reason why it stopped before the end, if it did. */
    Optional<String> run() {
        TrainingSpec spec = step.training();
        EncodedRows training;
        EncodedRows validation;
        TextLengths answers;
        int rowLimit;
        try (TextCodec codec = site.openCodec()) {
            rowLimit =
                    spec.maxTokens() == 0 ? codec.contextTokens() : Math.min(spec.maxTokens(), codec.contextTokens());
            training = read(codec, Part.TRAIN);
            validation = read(codec, Part.VALIDATION);
            answers = AnswerSession.lengths(site, codec);
        }
        if (training.rows().isEmpty()) {
            throw nothingToLearn(training);
        }
        TrainingPlan plan = new TrainingPlan(spec, training, validation, rowLimit);
        site.say(String.format(
                Locale.ROOT,
                "loading the model for %d steps over %d rows",
                plan.steps(),
                training.rows().size()));
        LanguageModelLoader.Loaded loaded = site.load(
                Purpose.TRAIN,
                step.method(),
                spec,
                plan.maxBatchTokens(),
                answers,
                site.channelIfAny(WorkOrder.ADAPTER_CHANNEL));
        try (LanguageModel model = loaded.model()) {
            site.tell(new RunEvent.TrainingStarted(
                    site.now(),
                    model.parameters(),
                    model.trainableParameters(),
                    plan.steps(),
                    loaded.precision().name().toLowerCase(Locale.ROOT),
                    loaded.recompute().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    site.threads(spec),
                    loaded.predictedPeakBytes()));
            TrainingResult result = new TrainingLoop(
                            model,
                            training,
                            validation,
                            spec,
                            plan,
                            new TrainingFolders(
                                    site.folder().checkpoints(),
                                    site.folder().root().resolve("best-adapter"),
                                    adapter()),
                            identity(training, validation),
                            site.surroundings())
                    .run();
            return result instanceof TrainingResult.Stopped stopped ? Optional.of(stopped.reason()) : Optional.empty();
        }
    }

    private EncodedRows read(TextCodec codec, Part part) {
        Path file = site.channel(WorkOrder.DATA_CHANNEL).resolve(part.fileName());
        if (part == Part.VALIDATION && !Files.exists(file)) {
            return EncodedRows.of(List.of(), List.of());
        }
        EncodedRows rows = EncodedRows.read(file, codec, step.training().maxTokens());
        int leftOut = rows.leftOut().size();
        if (leftOut > 0 && !rows.rows().isEmpty()) {
            site.notice(LoopProblems.ROWS_LEFT_OUT
                    .warning(leftOut + (leftOut == 1 ? " row has" : " rows have") + " no trainable token")
                    .at(Location.of(file.toString()))
                    .because("the first is " + rows.leftOut().get(0) + "; training.max-tokens is "
                            + step.training().maxTokens())
                    .build());
        }
        return rows;
    }

    private RuntimeException nothingToLearn(EncodedRows rows) {
        int leftOut = rows.leftOut().size();
        return LoopProblems.NOTHING_TO_LEARN
                .error("there is nothing to train on")
                .because(
                        leftOut == 0
                                ? Part.TRAIN.fileName() + " has no rows"
                                : "none of " + leftOut + " rows has a trainable token within training.max-tokens "
                                        + step.training().maxTokens())
                .asException();
    }

    /** A checkpoint goes with the order (which stands for the model's files) and with the tokens that it was taken on. */
    private String identity(EncodedRows training, EncodedRows validation) {
        return Json.digest(
                List.of(site.ticket().order().digest(), Json.line(step), training.digest(), validation.digest()));
    }

    private Path adapter() {
        return site.folder().output().resolve(WorkOrder.ADAPTER_FOLDER);
    }
}
