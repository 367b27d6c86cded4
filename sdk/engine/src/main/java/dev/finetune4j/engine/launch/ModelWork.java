package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Work with base and tuned model of one run: each a job of its own beside it, named after what is asked. */
final class ModelWork {
    private static final int DIGEST_CHARACTERS = 8;

    private final LaunchContext context;
    private final RunFolder run;

    ModelWork(LaunchContext context, RunFolder run) {
        this.context = context;
        this.run = run;
    }

    /** Where ids and inputs of such jobs are kept, so that they are removed with the run. */
    static Path folder(RunFolder run) {
        return run.path().resolve("side");
    }

    RunId id(String purpose, WorkOrder order) {
        return new RunId(run.id() + "-" + purpose + "-" + order.digest().substring(0, DIGEST_CHARACTERS));
    }

    /**
     * A job that has both models.
     *
     * @param rows folder of the rows that they answer, or null for none
     * @throws dev.finetune4j.error.FineTuneException with FT0508 if the run has not come to its model yet, FT0510 if its place keeps the tuned
     *     model, FT0512 if a model is not here, FT0540 if the tuned model is needed and its weights or settings are not
     *     those of the run's report, FT0541 if the base model is needed and not the one that was trained
     */
    Submission submission(RunView view, String purpose, WorkOrder order, @Nullable Path rows) {
        refuseWithoutModel(view, run, context.providers());
        refuseWhereTheModelIs(view, order);
        refuseBeforeTheModel(view);
        JournalEntry.Prepared prepared = view.prepared();
        Path result = tunedModel(view);
        if (prepared == null || Files.notExists(result)) {
            throw RunProblems.filesMissing(run.id(), result);
        }
        if (view.closed()
                && view.state() == RunState.SUCCEEDED
                && order.steps().stream().anyMatch(ModelWork::usesTunedModel)) {
            RunProvenance.refuseChangedModel(run, result);
        }
        if (needsBaseModel(order, result)) {
            context.bases().refuseChanged(view);
        }
        Submission.Builder submission = Submission.builder(
                        id(purpose, order), view.job().model(), order)
                .channel(WorkOrder.MODEL_CHANNEL, prepared.model())
                .channel(WorkOrder.ADAPTER_CHANNEL, result)
                .label(Submission.RUN_LABEL, run.id().value())
                .label("finetune4j-version", context.version());
        if (rows != null) {
            submission.channel(WorkOrder.DATA_CHANNEL, rows);
        }
        return submission.build();
    }

    private static boolean usesTunedModel(WorkStep step) {
        if (step instanceof WorkStep.Predict predict) {
            return predict.variant().isTuned();
        }
        return !(step instanceof WorkStep.Generate generate)
                || generate.variants().stream().anyMatch(Variant::isTuned);
    }

    /**
     * An adapter is nothing without its base model; beside a whole model, only what that base model itself is asked needs it. A chat may
     * ask it at any time.
     */
    private static boolean needsBaseModel(WorkOrder order, Path result) {
        return !result.endsWith(WorkOrder.MODEL_FOLDER)
                || order.steps().stream().anyMatch(ModelWork::asksBaseModel);
    }

    private static boolean asksBaseModel(WorkStep step) {
        if (step instanceof WorkStep.Predict predict) {
            return !predict.variant().isTuned();
        }
        if (step instanceof WorkStep.Generate generate) {
            return !generate.variants().stream().allMatch(Variant::isTuned);
        }
        return step instanceof WorkStep.Converse;
    }

    /**
     * Refuses work with the model of a run that came to none.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0515
     */
    static void refuseWithoutModel(RunView view, RunFolder run, Providers providers) {
        if (view.closed() && view.state() != RunState.SUCCEEDED && view.output() == null) {
            RunOutcome outcome = Outcomes.of(view, run.read());
            throw RunModelProblems.noModel(
                    view,
                    NextCommand.goOn(view, outcome, providers).orElseGet(() -> NextCommand.launch(view, providers)));
        }
    }

    private void refuseBeforeTheModel(RunView view) {
        if (!view.closed() && view.output() == null) {
            RunState now = Outcomes.toldNow(view, context.providers())
                    .map(view::seenAs)
                    .orElse(view)
                    .state();
            throw RunProblems.stillLive(
                    run.id(),
                    "use the tuned model of",
                    "it is " + now.name().toLowerCase(Locale.ROOT),
                    "finetune watch " + run.id());
        }
    }

    /** A place that keeps the tuned model has it alone: there is nothing here that could answer, or be written anew. */
    private void refuseWhereTheModelIs(RunView view, WorkOrder order) {
        try (Provider place = Outcomes.open(view, context.providers())) {
            if (place.capabilities().givesModel()) {
                return;
            }
            if (order.steps().stream().anyMatch(WorkStep.Merge.class::isInstance)) {
                throw PlaceProblems.weightsKept(
                        place.id(), run.id(), place.hosting().isPresent(), saidOfTheModel());
            }
            throw PlaceProblems.notSupported(place.id(), "answer rows or prompts with a tuned model");
        }
    }

    /** What the place said at the end to do with a model that it keeps. */
    private List<String> saidOfTheModel() {
        return Ending.uncompared(SavedEvents.read(run)).map(Ending::remedies).orElse(List.of());
    }

    /** What the training left: as the method has it, or as the place's own script does, which may add adapters to the weights. */
    private Path tunedModel(RunView view) {
        Path output = view.output();
        if (output == null) {
            return run.output();
        }
        String usual = WorkOrder.resultFolder(view.job().method());
        return Stream.of(usual, WorkOrder.MODEL_FOLDER, WorkOrder.ADAPTER_FOLDER)
                .map(output::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(output.resolve(usual));
    }

    /** Does the work at a place; the folder with its output. */
    Path output(Provider provider, Submission submission, Consumer<RunEvent> events) throws InterruptedException {
        return new SideWork(context, provider).output(submission, events, laidDown(submission));
    }

    /** Writes the id of a job down before it is launched, so that it is removed with the run whatever happens. */
    Path laidDown(Submission submission) {
        return laidDown(submission.id());
    }

    /** The same before its submission is made. */
    Path laidDown(RunId id) {
        Path folder = folder(run).resolve(id.value());
        try {
            context.files().createFolder(folder);
        } catch (IOException e) {
            throw RunProblems.unwritable(folder, e);
        }
        return folder;
    }
}
