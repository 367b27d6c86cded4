package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.engine.watch.WatchPace;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.Precision;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Further work with the model of an ended run: its comparison on other rows, and single answers. Each is a job of its own at the
 * run's provider, named after what is asked, so that asking again finds the answer that is there.
 */
final class SideJobs {
    private static final int DIGEST_CHARACTERS = 8;

    private final LaunchContext context;
    private final FollowThreads threads;

    SideJobs(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
    }

    /** Where ids and inputs of a run's side jobs are kept, so that they are removed with the run. */
    static Path folder(RunFolder run) {
        return run.path().resolve("side");
    }

    /** Lets base and tuned model of a run answer other rows. */
    RunHandle<EvaluationReport> evaluate(RunFolder run, RunView view, PreparedData rows) {
        String digest = Json.digest(Map.of("run", run.id().value(), "rows", rows.digest()));
        WorkOrder order = WorkOrders.evaluation(view.job(), digest, Outcomes.labels(view), shots(run));
        EvaluateStep step = new EvaluateStep(view.job(), Outcomes.labels(view));
        return start(
                run,
                view,
                "eval",
                order,
                rows.folder(),
                output -> step.evaluate(order, output)
                        .orElseThrow(() -> new IllegalStateException("an evaluation lets models answer")));
    }

    /** Lets models of a run answer a conversation, or continue a text. */
    RunHandle<List<GeneratedText>> generate(
            RunFolder run,
            RunView view,
            List<Variant> variants,
            List<Message> messages,
            String text,
            Sampling sampling) {
        String digest = Json.digest(Map.of(
                "run", run.id().value(),
                "variants", variants,
                "messages", messages,
                "text", text,
                "sampling", sampling));
        WorkOrder order = WorkOrders.generation(digest, variants, messages, text, sampling);
        return start(run, view, "gen", order, null, SideJobs::generated);
    }

    /** Adds the adapter of a run to the weights of its base model and puts the result into a folder. */
    RunHandle<MergedModel> export(RunFolder run, RunView view, Precision precision, Path target) {
        ExportFolder folder = ExportFolder.at(target);
        String digest = Json.digest(Map.of("run", run.id().value(), "precision", precision));
        WorkOrder order = WorkOrders.merge(digest, precision);
        Submission submission = submission(run, view, "export", order, null);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = context.providers().open(Outcomes.place(view, context.providers()))) {
                Path output = work(run, provider, submission, events);
                MergedModel merged = merged(output);
                folder.fill(output.resolve(WorkOrder.MERGED_FOLDER));
                provider.delete(submission.id()); // the target has it; a second copy would only fill the disk
                return merged;
            }
        });
    }

    private interface Result<T> {
        T read(Path output);
    }

    private <T> RunHandle<T> start(
            RunFolder run, RunView view, String purpose, WorkOrder order, @Nullable Path rows, Result<T> result) {
        Submission submission = submission(run, view, purpose, order, rows);
        return threads.start(submission.id(), Begin.LAUNCHED, events -> {
            try (Provider provider = context.providers().open(Outcomes.place(view, context.providers()))) {
                return result.read(work(run, provider, submission, events));
            }
        });
    }

    private Submission submission(RunFolder run, RunView view, String purpose, WorkOrder order, @Nullable Path rows) {
        JournalEntry.Prepared prepared = view.prepared();
        Path adapter = view.output() == null ? run.output() : view.output().resolve(WorkOrder.ADAPTER_FOLDER);
        if (prepared == null || Files.notExists(adapter)) {
            throw RunProblems.filesMissing(run.id(), adapter);
        }
        RunId id = new RunId(run.id() + "-" + purpose + "-" + order.digest().substring(0, DIGEST_CHARACTERS));
        Submission.Builder submission = Submission.builder(id, view.job().model(), order)
                .channel(WorkOrder.MODEL_CHANNEL, prepared.model())
                .channel(WorkOrder.ADAPTER_CHANNEL, adapter)
                .label("finetune4j-run", run.id().value())
                .label("finetune4j-version", context.version());
        if (rows != null) {
            submission.channel(WorkOrder.DATA_CHANNEL, rows);
        }
        return submission.build();
    }

    private Path work(RunFolder run, Provider provider, Submission submission, EventLog events)
            throws InterruptedException {
        if (!provider.capabilities().supportsCustomWork()) {
            throw RunProblems.notSupported(provider.id(), "answer rows or prompts with a tuned model");
        }
        Path folder = folder(run).resolve(submission.id().value());
        try {
            context.files().createFolder(folder);
        } catch (IOException e) {
            throw RunProblems.unwritable(folder, e);
        }
        SubmitStep.Patiently submit = new SubmitStep.Patiently(context, provider);
        JobSnapshot before = submit.submit(submission);
        if (before.state() == RunState.FAILED || before.state() == RunState.STOPPED) {
            provider.delete(submission.id()); // asking again is meant to try again
            submit.submit(submission);
        }
        WatchPace pace = WatchPace.of(provider.capabilities());
        JobSnapshot end = new RunWatch(
                        provider, submission.id(), EventPage.START, pace, context.clock(), context.sleeper())
                .follow((event, cursor) -> events.add(event));
        if (end.state() != RunState.SUCCEEDED) {
            throw end.failure()
                    .orElseGet(() -> RunProblems.noReason(submission.id(), provider.id(), end.reference()))
                    .asException();
        }
        return provider.fetch(submission.id(), folder);
    }

    /** The rows that the run's own few-shot variant saw. */
    private static List<Example.Conversation> shots(RunFolder run) {
        try {
            WorkOrder order = Json.read(Files.readString(run.order()), WorkOrder.class);
            return order.steps().stream()
                    .filter(WorkStep.Predict.class::isInstance)
                    .map(step -> ((WorkStep.Predict) step).shots())
                    .filter(shots -> !shots.isEmpty())
                    .findFirst()
                    .orElse(List.of());
        } catch (IOException e) {
            throw RunProblems.unreadable(run.order(), e);
        }
    }

    private static MergedModel merged(Path output) {
        Path file = output.resolve(WorkOrder.MERGED_FILE);
        try {
            return Json.read(Files.readString(file), MergedModel.class);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }

    private static List<GeneratedText> generated(Path output) {
        Path file = output.resolve(WorkOrder.GENERATED_FILE);
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> Json.read(line, GeneratedText.class))
                    .toList();
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
    }
}
