package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Answers of the hosted model of a run and of its base model, where the place runs no worker. A place tells no likelihoods, so that a label is
 * what a model says, and perplexity is not known. Rows and examples are sent whole, where a worker cuts a row as
 * training does and leaves out examples that do not fit.
 */
final class HostedAnswers implements AutoCloseable {
    private final LaunchContext context;
    private final Provider place;
    private final Hosting hosting;
    private final HostedModel model;

    private HostedAnswers(LaunchContext context, Provider place, Hosting hosting, HostedModel model) {
        this.context = context;
        this.place = place;
        this.hosting = hosting;
        this.model = model;
    }

    /**
     * What answers for a run; empty where its place gives the tuned model away, which then answers better. The caller closes it.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0510 if nothing of the run answers, or not yet, FT0515 if it came to no model
     */
    static Optional<HostedAnswers> of(RunView view, RunFolder run, LaunchContext context) {
        ModelWork.refuseWithoutModel(view, run, context.providers());
        Provider place = Outcomes.open(view, context.providers());
        try {
            if (place.capabilities().givesModel()) {
                place.close();
                return Optional.empty();
            }
            Hosting hosting = place.hosting()
                    .orElseThrow(
                            () -> PlaceProblems.notSupported(place.id(), "answer rows or prompts with a tuned model"));
            HostedModel model = hosting.find(view.id()).stream()
                    .findFirst()
                    .orElseThrow(() -> LaunchProblems.notHosted(view.id(), place.id()));
            if (model.state() != HostedModel.State.ACTIVE) {
                throw LaunchProblems.notAnswering(model);
            }
            return Optional.of(new HostedAnswers(context, place, hosting, model));
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
    }

    Provider place() {
        return place;
    }

    Hosting hosting() {
        return hosting;
    }

    HostedModel model() {
        return model;
    }

    Dialogue converse() {
        return hosting.converse(model);
    }

    /** Answers of models to one conversation. */
    List<GeneratedText> answers(List<Variant> variants, List<Message> messages, Sampling sampling) {
        try (Dialogue dialogue = converse()) {
            return variants.stream()
                    .map(variant -> dialogue.ask(new ChatQuestion(variant, messages, sampling), piece -> {})
                            .answer())
                    .toList();
        }
    }

    /**
     * Lets both models answer rows and leaves what they said as a worker does. Answers that are there are kept, so that nobody pays for them
     * again; who else asks the same meanwhile waits, and then has them.
     *
     * @param rows one {@link Example} a line
     * @throws InterruptedException if the thread was told to stop; what was answered is there for the next time
     */
    @SuppressWarnings("try") // the lock is held, not used
    void predict(WorkOrder order, Path rows, Path output, EventLog events) throws InterruptedException {
        try (ExclusiveLock lock = ExclusiveLock.acquire(output.resolve("answers.lock"), () -> {});
                Dialogue dialogue = converse()) {
            for (WorkStep step : order.steps()) {
                if (step instanceof WorkStep.Predict predict) {
                    Path file = file(output, predict);
                    removeTorn(file);
                    predict(predict, conversations(rows), file, dialogue, events);
                }
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw RunProblems.unwritable(output, e);
        }
    }

    private void predict(
            WorkStep.Predict step, List<Example.Conversation> rows, Path file, Dialogue dialogue, EventLog events)
            throws InterruptedException {
        int done = answered(file);
        for (Example.Conversation row : rows.subList(Math.min(done, rows.size()), rows.size())) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            GeneratedText said = dialogue.ask(
                            new ChatQuestion(
                                    step.variant(),
                                    step.withShots(row.prompt()),
                                    Sampling.greedy(HostedRows.mostTokens(step))),
                            piece -> {})
                    .answer();
            append(file, prediction(step, row, said));
            events.add(new RunEvent.PredictionProgress(context.clock().instant(), step.variant(), ++done, rows.size()));
        }
    }

    private static Prediction prediction(WorkStep.Predict step, Example.Conversation row, GeneratedText said) {
        boolean hasLabels = !step.labels().isEmpty();
        return new Prediction(
                row.row(),
                row.answer(),
                hasLabels
                        ? HostedRows.label(step.labels(), said.text())
                        : said.text().strip(),
                Map.of(),
                0,
                0,
                hasLabels ? null : said.complete());
    }

    private static void append(Path file, Prediction prediction) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, Json.line(prediction) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }

    /** Takes a line off that a crash has torn. */
    private static void removeTorn(Path file) throws IOException {
        if (Files.exists(file)) {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (whole.length() < text.length()) {
                Files.writeString(file, whole);
            }
        }
    }

    /** Rows that a model has answered already; somebody may be writing the last. */
    static int answered(Path file) {
        try {
            if (Files.notExists(file)) {
                return 0;
            }
            String text = Files.readString(file);
            return (int) text.substring(0, text.lastIndexOf('\n') + 1).lines().count();
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }

    static Path file(Path output, WorkStep.Predict step) {
        return output.resolve(WorkOrder.PREDICTIONS_FOLDER)
                .resolve(step.variant().fileName());
    }

    /** Rows that can be asked: passages have no question. */
    static List<Example.Conversation> conversations(Path rows) {
        try (Stream<Example> all = RowSource.ofFile(rows).open()) {
            return all.filter(Example.Conversation.class::isInstance)
                    .map(Example.Conversation.class::cast)
                    .toList();
        }
    }

    @Override
    public void close() {
        place.close();
    }
}
