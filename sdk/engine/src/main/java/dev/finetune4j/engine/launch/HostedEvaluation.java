package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The comparison of a hosted model with its base model, which costs what both are asked: on other rows, or on those that its run held out. */
final class HostedEvaluation {
    private final LaunchContext context;
    private final FollowThreads threads;

    HostedEvaluation(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
    }

    /**
     * What it may cost at most; empty where the place of the run runs workers, and nothing is asked of a service.
     *
     * @param rows other rows, or null for those that the run held out
     * @throws dev.finetune4j.error.FineTuneException with FT0510 if nothing of the run can answer, FT0704 if the gate judges by what a
     *     hosted model does not tell
     */
    Optional<AnswerTerms> terms(RunFolder run, @Nullable PreparedData rows) {
        RunView view = RunView.read(run);
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, context);
        if (hosted.isEmpty()) {
            return Optional.empty();
        }
        try (HostedAnswers answers = hosted.get()) {
            refuseWhatIsNotTold(view, answers);
            if (rows == null) {
                return Optional.of(HostedRows.terms(answers, heldOutOrder(view), heldOut(view), output(view)));
            }
            WorkOrder order = SideJobs.evaluationOrder(run, view, rows);
            return Optional.of(HostedRows.terms(
                    answers,
                    order,
                    rows.file(Part.TEST),
                    ModelWork.folder(run)
                            .resolve(new ModelWork(context, run)
                                    .id("eval", order)
                                    .value())));
        }
    }

    /** A hosted model tells its answers and no likelihoods, which is found out before anything is paid. */
    private static void refuseWhatIsNotTold(RunView view, HostedAnswers answers) {
        TaskMetrics told = TaskMetrics.of(view.job().task().kind(), true).withoutLikelihood();
        if (told.metrics().isEmpty()) {
            throw RunProblems.notSupported(
                    answers.place().id(), "compare models by perplexity alone, since it tells no likelihoods");
        }
        told.refusal(view.job().evaluation().gate()).ifPresent(problem -> {
            throw problem.asException();
        });
    }

    /**
     * Compares on the rows that the run held out, and writes its report anew with what that gave.
     *
     * @return the handle fails with FT0505 if another process drives the run when the answers are there
     */
    RunHandle<EvaluationReport> ofHeldOut(RunFolder run, RunView view, HostedAnswers hosted) {
        WorkOrder order;
        try {
            order = heldOutOrder(view);
        } catch (RuntimeException e) {
            hosted.close();
            throw e;
        }
        return threads.start(new ModelWork(context, run).id("eval", order), Begin.LAUNCHED, events -> {
            try (hosted) {
                hosted.predict(order, heldOut(view), output(view), events);
                EvaluationReport report = SideJobs.report(view, order, output(view));
                write(run, order, report, hosted);
                return report;
            }
        });
    }

    private void write(RunFolder run, WorkOrder order, EvaluationReport evaluation, HostedAnswers hosted) {
        RunLock lock = RunLock.tryTake(run, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(run.id()));
        try (lock;
                Journal journal = Journal.open(run, context.files(), context.clock(), context.redaction())) {
            journal.append(new JournalEntry.EvaluationDone(evaluation));
            RunView view = RunView.of(journal.content()).orElseThrow();
            new ReportStep(context, run, journal, hosted.place().id())
                    .success(
                            view,
                            order,
                            output(view),
                            SavedEvents.read(run),
                            evaluation,
                            context.estimates().read().stream()
                                    .filter(past -> past.run().equals(run.id()))
                                    .map(PastEstimate::figures)
                                    .findFirst()
                                    .orElse(null),
                            null);
        }
    }

    private static WorkOrder heldOutOrder(RunView view) {
        JournalEntry.Prepared prepared = prepared(view);
        String digest = Json.digest(Map.of("run", view.id().value(), "held-out", prepared.dataDigest()));
        return WorkOrders.evaluation(view.job(), digest, prepared.labels(), List.of());
    }

    private static Path heldOut(RunView view) {
        return prepared(view).data().resolve(Part.TEST.fileName());
    }

    private static Path output(RunView view) {
        Path output = view.output();
        if (output == null) {
            throw RunProblems.filesMissing(view.id(), Path.of("output"));
        }
        return output;
    }

    private static JournalEntry.Prepared prepared(RunView view) {
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null) {
            throw RunProblems.filesMissing(view.id(), Path.of("data"));
        }
        return prepared;
    }
}
