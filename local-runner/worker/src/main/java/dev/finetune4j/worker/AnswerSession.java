package dev.finetune4j.worker;

import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Loaded;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.predict.Answering;
import dev.finetune4j.training.predict.Predictor;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does {@link WorkStep.Predict} and {@link WorkStep.Generate} with one model that is loaded once, at the first step that needs it. */
final class AnswerSession implements AutoCloseable {
    private final WorkSite site;
    private @Nullable LanguageModel model;
    private @Nullable TextCodec codec;

    AnswerSession(WorkSite site) {
        this.site = site;
    }

    /** Whether an earlier worker finished the step. */
    boolean isComplete(WorkStep.Predict step) {
        return Files.exists(predictions(site, step));
    }

    /** Whether an earlier worker finished the one step of this kind that an order has. */
    boolean isGenerated() {
        return Files.exists(generated());
    }

    /** Answers rows; the reason why it stopped before the end, if it did. */
    Optional<String> run(WorkStep.Predict step) {
        LanguageModel answering = model(step.variant());
        answering.useAdapter(step.variant().isTuned());
        return new Predictor(answering, codec(), step, rows(site, step), predictions(site, step), site.surroundings())
                .run();
    }

    /** Answers one prompt. */
    void run(WorkStep.Generate step) {
        Variant needed = step.variants().contains(Variant.TUNED) ? Variant.TUNED : Variant.BASE_ZERO_SHOT;
        new Answering(model(needed), codec()).run(step, generated());
    }

    private LanguageModel model(Variant variant) {
        if (variant.isTuned() && site.finishedAdapter().isEmpty()) {
            throw WorkerProblems.CHANNEL_MISSING
                    .error("the adapter of the tuned model is missing")
                    .because("the job neither trains one nor came with one")
                    .asException();
        }
        if (model == null) {
            site.say("loading the model");
            WorkStep.Train train = trainStep();
            TrainingSpec spec = train == null ? TrainingSpec.defaults() : train.training();
            Optional<Path> adapter = site.finishedAdapter();
            TuningMethod method = adapter.map(AdapterMethod::of).orElse(LoraTuning.defaults());
            Loaded loaded = site.load(Purpose.ANSWER, method, spec, 0, lengths(site, codec()), adapter);
            model = loaded.model();
            site.say("the model answers in " + loaded.precision().name().toLowerCase(Locale.ROOT));
        }
        return model;
    }

    private TextCodec codec() {
        if (codec == null) {
            codec = site.openCodec();
        }
        return codec;
    }

    /** The texts of all steps that are not complete. */
    static TextLengths lengths(WorkSite site, TextCodec codec) {
        TextLengths longest = TextLengths.NONE;
        for (WorkStep step : site.ticket().order().steps()) {
            if (step instanceof WorkStep.Predict predict && !Files.exists(predictions(site, predict))) {
                longest = longest.or(TextLengths.of(predict, rows(site, predict), codec));
            }
            if (step instanceof WorkStep.Generate generate) {
                int prompt = generate.messages().isEmpty()
                        ? codec.encodeText(generate.text()).length
                        : codec.encodePrompt(generate.messages()).length;
                longest = longest.or(
                        new TextLengths(0, prompt + generate.sampling().maxNewTokens()));
            }
        }
        return longest;
    }

    private static Path rows(WorkSite site, WorkStep.Predict step) {
        return site.channel(WorkOrder.DATA_CHANNEL).resolve(step.rowsFile());
    }

    private WorkStep.@Nullable Train trainStep() {
        for (WorkStep step : site.ticket().order().steps()) {
            if (step instanceof WorkStep.Train train) {
                return train;
            }
        }
        return null;
    }

    private static Path predictions(WorkSite site, WorkStep.Predict step) {
        return site.folder()
                .output()
                .resolve(WorkOrder.PREDICTIONS_FOLDER)
                .resolve(step.variant().fileName());
    }

    private Path generated() {
        return site.folder().output().resolve(WorkOrder.GENERATED_FILE);
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        if (codec != null) {
            codec.close();
        }
    }
}
