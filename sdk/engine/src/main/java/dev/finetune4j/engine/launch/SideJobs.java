package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Further work with the model of an ended run: its comparison on other rows, and single answers. Each is a job of its own at the
 * run's provider, named after what is asked, so that asking again finds the answer that is there.
 */
public final class SideJobs {
    private final LaunchContext context;
    private final FollowThreads threads;

    SideJobs(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
    }

    /**
     * Compares base and tuned model of a run on the test rows of other data.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     rows
     */
    public RunHandle<EvaluationReport> evaluate(RunFolder run, PreparedData rows) {
        RunView view = RunView.read(run);
        WorkOrder order = evaluationOrder(run, view, rows);
        return start(run, view, "eval", order, rows.folder(), output -> report(view, order, output));
    }

    static WorkOrder evaluationOrder(RunFolder run, RunView view, PreparedData rows) {
        String digest = Json.digest(Map.of("run", run.id().value(), "rows", rows.digest()));
        return WorkOrders.evaluation(view.job(), digest, Outcomes.labels(view), shots(run));
    }

    /**
     * Compares base and tuned model of a run on the rows that it held out: by hosted models, where its place compared nothing when it
     * ended, and writes its report anew; else on this machine, where the tuned model is here.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0510 if nothing of the run can answer
     */
    public RunHandle<EvaluationReport> evaluateHeldOut(RunFolder run) {
        RunView view = RunView.read(run);
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, context);
        if (hosted.isPresent()) {
            return new HostedEvaluation(context, threads).ofHeldOut(run, view, hosted.get());
        }
        WorkOrder own = own(run);
        if (own.answers().isEmpty()) {
            throw RunProblems.notSupported(
                    Outcomes.place(view, context.providers()), "compare on held-out rows again; name other rows");
        }
        WorkOrder order = new WorkOrder(own.digest(), List.copyOf(own.answers()));
        return start(run, view, HomeComparison.PURPOSE, order, run.data(), output -> report(view, order, output));
    }

    /**
     * What a comparison by hosted models may cost at most; empty where nothing of a service is asked.
     *
     * @param rows other rows, or null for those that the run held out
     * @throws dev.finetune4j.error.FineTuneException as {@link #evaluateHeldOut}, or with FT0704 if the gate judges by what hosted models do not tell
     */
    public Optional<AnswerTerms> answerTerms(RunFolder run, @Nullable PreparedData rows) {
        return new HostedEvaluation(context, threads).terms(run, rows);
    }

    static EvaluationReport report(RunView view, WorkOrder order, Path output) {
        return new EvaluateStep(view.job(), Outcomes.labels(view))
                .evaluate(order, output)
                .orElseThrow(() -> new IllegalStateException("an evaluation lets models answer"));
    }

    /**
     * Lets base and tuned model of a run answer the test rows of other data.
     *
     * @return the answers of the base model without examples in its prompt and of the tuned model, in the order of the rows
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     rows
     */
    public RunHandle<Map<Variant, List<Prediction>>> predict(RunFolder run, PreparedData rows) {
        RunView view = RunView.read(run);
        String digest = Json.digest(Map.of("run", run.id().value(), "answers", rows.digest()));
        WorkOrder order = WorkOrders.evaluation(view.job(), digest, Outcomes.labels(view), List.of());
        return start(
                run,
                view,
                "predict",
                order,
                rows.folder(),
                output -> PredictionFiles.read(output, EvaluateStep.variants(order)));
    }

    /**
     * Lets models of a run answer a conversation, or continue {@code text} where there are no messages.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     prompts
     */
    public RunHandle<List<GeneratedText>> generate(
            RunFolder run, List<Variant> variants, List<Message> messages, String text, Sampling sampling) {
        RunView view = RunView.read(run);
        String digest = Json.digest(Map.of(
                "run", run.id().value(),
                "variants", variants,
                "messages", messages,
                "text", text,
                "sampling", sampling));
        WorkOrder order = WorkOrders.generation(digest, variants, messages, text, sampling);
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, context);
        if (hosted.isPresent()) {
            return hostedAnswers(
                    hosted.get(), new ModelWork(context, run).id("gen", order), variants, messages, sampling);
        }
        return start(
                run,
                view,
                "gen",
                order,
                null,
                output -> RunRecords.readLines(output.resolve(WorkOrder.GENERATED_FILE), GeneratedText.class));
    }

    private RunHandle<List<GeneratedText>> hostedAnswers(
            HostedAnswers hosted, RunId id, List<Variant> variants, List<Message> messages, Sampling sampling) {
        if (messages.isEmpty()) {
            hosted.close();
            throw RunProblems.notSupported(hosted.place().id(), "continue a text without a question");
        }
        return threads.start(id, Begin.LAUNCHED, events -> {
            try (hosted) {
                return hosted.answers(variants, messages, sampling);
            }
        });
    }

    /**
     * Opens a conversation with base and tuned model of a run.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter, FT0510 where its place keeps no model for a conversation
     */
    public Chat chat(RunFolder run) {
        RunView view = RunView.read(run);
        String digest = Json.digest(
                Map.of("run", run.id().value(), "at", context.clock().instant().toString()));
        WorkOrder order = new WorkOrder(digest, List.of(new WorkStep.Converse()));
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, context);
        if (hosted.isPresent()) {
            HostedAnswers answers = hosted.get();
            try {
                return new Chat(answers.converse(), view.job().task().system(), answers::close);
            } catch (RuntimeException e) {
                answers.close();
                throw e;
            }
        }
        Submission submission = submission(run, view, "chat", order, null);
        Path folder = new ModelWork(context, run).laidDown(submission);
        Provider provider = Outcomes.openForSideWork(view, context.providers());
        try {
            Dialogue dialogue = provider.converse(submission)
                    .orElseThrow(() -> RunProblems.notSupported(provider.id(), "keep a model for a conversation"));
            return new Chat(dialogue, view.job().task().system(), () -> {
                provider.close();
                forget(folder);
            });
        } catch (RuntimeException e) {
            provider.close();
            throw e;
        }
    }

    /**
     * Where the base model of a run lies, with which its adapter can be merged.
     *
     * @throws FineTuneException with FT0510 if the run's place keeps its weights, FT0512 if one of the two is gone
     */
    Path base(RunFolder run) {
        RunView view = RunView.read(run);
        WorkOrder order = mergeOrder(run, ModelHosting.MERGED);
        return Objects.requireNonNull(
                submission(run, view, "export", order, null).channels().get(WorkOrder.MODEL_CHANNEL));
    }

    /**
     * Writes the tuned model of a run as a model of its own, its adapter added to the weights of the base model.
     *
     * @param format its form
     * @param target a folder that does not exist or is empty; for GGUF a file that does not exist
     * @throws FineTuneException with FT0512 if the run has no adapter, FT0516 if the folder is not empty, FT0519 if there is such a
     *     file; the handle fails with FT0510 where the provider does no such work
     */
    public RunHandle<MergedModel> export(RunFolder run, ModelFormat format, Path target) {
        RunView view = RunView.read(run);
        ExportTarget place = format instanceof ModelFormat.Gguf ? ExportFile.at(target) : ExportFolder.at(target);
        WorkOrder order = mergeOrder(run, format);
        Submission submission = submission(run, view, "export", order, null);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                Path output = work(run, provider, submission, events);
                MergedModel merged = RunRecords.read(output.resolve(WorkOrder.MERGED_FILE), MergedModel.class);
                place.fill(output.resolve(WorkOrder.MERGED_FOLDER));
                provider.delete(submission.id()); // the target has it; a second copy would only fill the disk
                return merged;
            }
        });
    }

    private static WorkOrder mergeOrder(RunFolder run, ModelFormat format) {
        return WorkOrders.merge(Json.digest(Map.of("run", run.id().value(), "format", format)), format);
    }

    /**
     * Goes over the last steps of a stopped or failed run again, from its last checkpoint but one to its last, and compares by SHA-256.
     *
     * @throws FineTuneException with FT0509 if it was never launched; the handle fails with FT0518 where the steps come out otherwise,
     *     with FT0509 or FT0635 where there are no two checkpoints
     */
    public RunHandle<Replay> verify(RunFolder run) {
        RunView view = RunView.read(run);
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null || view.submitted() == null) {
            throw RunProblems.notResumable(run.id(), "it was never launched");
        }
        if (view.state() == RunState.SUCCEEDED) {
            throw RunProblems.notResumable(run.id(), "it has succeeded");
        }
        WorkOrder trained = order(run);
        String digest = Json.digest(Map.of("run", run.id().value(), "replays", trained.digest()));
        WorkOrder order = WorkOrders.verification(digest, trained);
        RunId id = new ModelWork(context, run).id("verify", order);
        return threads.start(id, Begin.LAUNCHED, events -> {
            try (Provider place = Outcomes.open(view, context.providers());
                    Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                Path checkpoints = place.fetch(run.id(), run.output()).resolve(WorkOrder.CHECKPOINTS_FOLDER);
                if (Files.notExists(checkpoints)) {
                    throw RunProblems.notResumable(run.id(), "it left no checkpoint");
                }
                Submission submission = Submission.builder(id, view.job().model(), order)
                        .channel(WorkOrder.MODEL_CHANNEL, prepared.model())
                        .channel(WorkOrder.DATA_CHANNEL, prepared.data())
                        .channel(WorkOrder.CHECKPOINTS_CHANNEL, checkpoints)
                        .label(Submission.RUN_LABEL, run.id().value())
                        .label("finetune4j-version", context.version())
                        .build();
                Path output = work(run, provider, submission, events);
                Replay replay = RunRecords.read(output.resolve(WorkOrder.REPLAY_FILE), Replay.class);
                // The checkpoints may be others when it is asked again.
                provider.delete(id);
                Folders.remove(ModelWork.folder(run).resolve(id.value()));
                if (!replay.isEqual()) {
                    throw RunProblems.replayDiffers(run.id(), replay);
                }
                return replay;
            }
        });
    }

    private interface Result<T> {
        T read(Path output);
    }

    private <T> RunHandle<T> start(
            RunFolder run, RunView view, String purpose, WorkOrder order, @Nullable Path rows, Result<T> result) {
        Optional<HostedAnswers> hosted = rows == null ? Optional.empty() : HostedAnswers.of(view, context);
        if (rows != null && hosted.isPresent()) {
            RunId id = new ModelWork(context, run).id(purpose, order);
            Path output;
            try {
                output = new ModelWork(context, run).laidDown(id);
            } catch (RuntimeException e) {
                hosted.get().close();
                throw e;
            }
            return threads.start(id, Begin.LAUNCHED, events -> {
                try (HostedAnswers answers = hosted.get()) {
                    answers.predict(order, rows.resolve(Part.TEST.fileName()), output, events);
                    return result.read(output);
                }
            });
        }
        Submission submission = submission(run, view, purpose, order, rows);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = Outcomes.openForSideWork(view, context.providers())) {
                return result.read(work(run, provider, submission, events));
            }
        });
    }

    private Submission submission(RunFolder run, RunView view, String purpose, WorkOrder order, @Nullable Path rows) {
        return new ModelWork(context, run).submission(view, purpose, order, rows);
    }

    private Path work(RunFolder run, Provider provider, Submission submission, EventLog events)
            throws InterruptedException {
        return new ModelWork(context, run).output(provider, submission, events::add);
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
        return HomeComparison.order(run).orElseGet(() -> order(run));
    }

    private static WorkOrder order(RunFolder run) {
        return RunRecords.read(run.order(), WorkOrder.class);
    }
}
