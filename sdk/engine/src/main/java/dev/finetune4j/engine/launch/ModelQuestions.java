package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the models of an ended run can be asked: rows, prompts, and whole conversations. Each is a job of its own at the run's provider, named
 * after what is asked, so that asking again finds the answer that is there; or questions to what hosts the models.
 */
public final class ModelQuestions {
    private final LaunchContext context;
    private final FollowThreads threads;

    ModelQuestions(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
    }

    /**
     * Compares base and tuned model of a run on the test rows of other data.
     *
     * @return starts with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no rows
     */
    public Asking<EvaluationReport> evaluation(RunFolder run, PreparedData rows) {
        RunView view = RunView.read(run);
        String digest = Json.digest(Map.of("run", run.id().value(), "rows", rows.digest()));
        WorkOrder order = WorkOrders.evaluation(view.job(), digest, Outcomes.labels(view), shots(run));
        return ofRows(
                run,
                view,
                "eval",
                order,
                rows.folder(),
                answers -> HostedEvaluation.refuseWhatIsNotTold(view, answers),
                output -> report(view, order, output));
    }

    /**
     * Compares base and tuned model of a run on the rows that it held out: by hosted models, where its place compared nothing when it
     * ended, else on this machine, where the tuned model is here. Writes the report of a run anew that had succeeded without a comparison.
     *
     * @return starts with FT0510 if nothing of the run can answer; the handle fails with FT0505 where another process has the run when its
     *     report is to be written
     */
    public Asking<EvaluationReport> heldOutEvaluation(RunFolder run) {
        RunView view = RunView.read(run);
        HostedEvaluation hosted = new HostedEvaluation(context, threads, run, view);
        return new Asking<>(context, run, view, () -> hereOnHeldOut(run, view), hosted::terms, hosted::start);
    }

    private RunHandle<EvaluationReport> hereOnHeldOut(RunFolder run, RunView view) {
        WorkOrder own = own(run);
        if (own.answers().isEmpty()) {
            throw PlaceProblems.notSupported(
                    Outcomes.place(view, context.providers()), "compare on held-out rows again; name other rows");
        }
        WorkOrder order = new WorkOrder(own.digest(), List.copyOf(own.answers()));
        return here(run, view, HomeComparison.PURPOSE, order, run.data(), answers -> {
            EvaluationReport report = report(view, order, answers);
            if (LateComparison.isDue(view)) {
                new LateComparison(context, run).write(order, answers, report);
            }
            return report;
        });
    }

    static EvaluationReport report(RunView view, WorkOrder order, Path output) {
        return new EvaluateStep(view.job(), Outcomes.labels(view))
                .evaluate(order, output)
                .orElseThrow(() -> new IllegalStateException("an evaluation lets models answer"));
    }

    /**
     * Lets base and tuned model of a run answer the test rows of other data.
     *
     * @return the answers of the base model without examples in its prompt and of the tuned model, in the order of the rows; starts with
     *     FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no rows
     */
    public Asking<Map<Variant, List<Prediction>>> predictions(RunFolder run, PreparedData rows) {
        RunView view = RunView.read(run);
        String digest = Json.digest(Map.of("run", run.id().value(), "answers", rows.digest()));
        WorkOrder order = WorkOrders.evaluation(view.job(), digest, Outcomes.labels(view), List.of());
        return ofRows(
                run,
                view,
                "predict",
                order,
                rows.folder(),
                answers -> {},
                output -> PredictionFiles.read(output, EvaluateStep.variants(order)));
    }

    private <T> Asking<T> ofRows(
            RunFolder run,
            RunView view,
            String purpose,
            WorkOrder order,
            Path folder,
            Consumer<HostedAnswers> check,
            Function<Path, T> result) {
        Path rows = folder.resolve(Part.TEST.fileName());
        ModelWork work = new ModelWork(context, run);
        RunId id = work.id(purpose, order);
        return new Asking<>(
                context,
                run,
                view,
                () -> here(run, view, purpose, order, folder, result),
                answers -> {
                    check.accept(answers);
                    return HostedRows.terms(
                            answers, order, rows, ModelWork.folder(run).resolve(id.value()));
                },
                hosted -> {
                    Path output = work.laidDown(id);
                    return threads.start(id, Begin.LAUNCHED, events -> {
                        try (HostedAnswers answers = hosted) {
                            answers.predict(order, rows, output, events);
                            return result.apply(output);
                        }
                    });
                });
    }

    /**
     * Lets models of a run answer a conversation, or continue {@code text} where there are no messages.
     *
     * @return starts with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no prompts
     */
    public Asking<List<GeneratedText>> generation(
            RunFolder run, List<Variant> variants, List<Message> messages, String text, Sampling sampling) {
        RunView view = RunView.read(run);
        String digest = Json.digest(Map.of(
                "run", run.id().value(),
                "variants", variants,
                "messages", messages,
                "text", text,
                "sampling", sampling));
        WorkOrder order = WorkOrders.generation(digest, variants, messages, text, sampling);
        return new Asking<>(
                context,
                run,
                view,
                () -> here(
                        run,
                        view,
                        "gen",
                        order,
                        null,
                        output -> RunRecords.readLines(output.resolve(WorkOrder.GENERATED_FILE), GeneratedText.class)),
                answers -> {
                    refuseNoQuestion(answers, messages);
                    return HostedRows.terms(answers, variants, messages, sampling);
                },
                hosted -> threads.start(new ModelWork(context, run).id("gen", order), Begin.LAUNCHED, events -> {
                    try (HostedAnswers answers = hosted) {
                        return answers.answers(variants, messages, sampling);
                    }
                }));
    }

    private static void refuseNoQuestion(HostedAnswers hosted, List<Message> messages) {
        if (messages.isEmpty()) {
            throw PlaceProblems.notSupported(hosted.place().id(), "continue a text without a question");
        }
    }

    /** What answers for a run at a place that bills for it; empty where a worker answers. */
    public Optional<HostedModel> answering(RunFolder run) {
        Optional<HostedAnswers> hosted = HostedAnswers.of(RunView.read(run), run, context);
        hosted.ifPresent(HostedAnswers::close);
        return hosted.map(HostedAnswers::model);
    }

    /**
     * Opens a conversation with base and tuned model of a run.
     *
     * @param agreed {@link #answering}, if somebody has agreed to pay for what it is asked, and the base model; or null
     * @throws dev.finetune4j.error.FineTuneException with FT0512 if the run has no adapter, FT0510 where its place keeps no model for a
     *     conversation, FT0531 where it bills for answers and nobody agreed to that
     */
    public Chat chat(RunFolder run, @Nullable HostedModel agreed) {
        RunView view = RunView.read(run);
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, run, context);
        return hosted.isPresent() ? chat(view, hosted.get(), agreed) : chatHere(run, view);
    }

    private static Chat chat(RunView view, HostedAnswers answers, @Nullable HostedModel agreed) {
        try {
            HostedModel model = answers.model();
            if (agreed == null
                    || !agreed.reference().equals(model.reference())
                    || !agreed.way().equals(model.way())) {
                throw LaunchProblems.chatNotAgreed(model, answers.place().id());
            }
            return new Chat(answers.converse(), view.job().task().system(), answers::close);
        } catch (RuntimeException e) {
            answers.close();
            throw e;
        }
    }

    private Chat chatHere(RunFolder run, RunView view) {
        String digest = Json.digest(
                Map.of("run", run.id().value(), "at", context.clock().instant().toString()));
        WorkOrder order = new WorkOrder(digest, List.of(new WorkStep.Converse()));
        ModelWork work = new ModelWork(context, run);
        Submission submission = work.submission(view, "chat", order, null);
        Path folder = work.laidDown(submission);
        Provider provider = Outcomes.openForSideWork(view, context.providers());
        try {
            Dialogue dialogue = provider.converse(submission)
                    .orElseThrow(() -> PlaceProblems.notSupported(provider.id(), "keep a model for a conversation"));
            return new Chat(dialogue, view.job().task().system(), () -> {
                provider.close();
                forget(folder);
            });
        } catch (RuntimeException e) {
            provider.close();
            throw e;
        }
    }

    /** Lets a worker answer. */
    private <T> RunHandle<T> here(
            RunFolder run,
            RunView view,
            String purpose,
            WorkOrder order,
            @Nullable Path rows,
            Function<Path, T> result) {
        ModelWork work = new ModelWork(context, run);
        Submission submission = work.submission(view, purpose, order, rows);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                return result.apply(work.output(provider, submission, events::add));
            }
        });
    }

    private static void forget(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            return; // it is empty, and removed with the run
        }
    }

    /** The rows that the run's own few-shot variant saw. */
    private static List<Example.Conversation> shots(RunFolder run) {
        return own(run).answers().stream()
                .map(WorkStep.Predict::shots)
                .filter(shots -> !shots.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** What lets the run's models answer the rows that it held out. */
    private static WorkOrder own(RunFolder run) {
        return HomeComparison.order(run).orElseGet(() -> RunRecords.read(run.order(), WorkOrder.class));
    }
}
