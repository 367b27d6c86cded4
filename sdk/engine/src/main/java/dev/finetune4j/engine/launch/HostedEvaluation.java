package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The comparison of a hosted model with its base model on the rows that its run held out, which costs what both are asked. */
final class HostedEvaluation {
    private final LaunchContext context;
    private final FollowThreads threads;
    private final RunFolder run;
    private final RunView view;

    HostedEvaluation(LaunchContext context, FollowThreads threads, RunFolder run, RunView view) {
        this.context = context;
        this.threads = threads;
        this.run = run;
        this.view = view;
    }

    /**
     * What it may cost at most.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0503 if files of the run are gone, and as {@link #refuseWhatIsNotTold}
     */
    AnswerTerms terms(HostedAnswers answers) {
        refuseWhatIsNotTold(view, answers);
        return HostedRows.terms(answers, heldOutOrder(), heldOut(), output());
    }

    /**
     * A hosted model tells its answers and no likelihoods, which is found out before anything is paid.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0510 if the task is judged by those alone, FT0704 if the gate is
     */
    static void refuseWhatIsNotTold(RunView view, HostedAnswers answers) {
        TaskMetrics told = TaskMetrics.of(view.job().task().kind(), true).withoutLikelihood();
        if (told.metrics().isEmpty()) {
            throw PlaceProblems.notSupported(
                    answers.place().id(), "compare models by perplexity alone, since it tells no likelihoods");
        }
        told.refusal(view.job().evaluation().gate()).ifPresent(problem -> {
            throw problem.asException();
        });
    }

    /**
     * Compares, and completes the report of a run that had no comparison.
     *
     * @param hosted closed with the handle
     * @return the handle fails with FT0505 if another process drives the run when the answers are there
     */
    RunHandle<EvaluationReport> start(HostedAnswers hosted) {
        WorkOrder order = heldOutOrder();
        return threads.start(new ModelWork(context, run).id("eval", order), Begin.LAUNCHED, events -> {
            try (hosted) {
                hosted.predict(order, heldOut(), output(), events);
                EvaluationReport report = ModelQuestions.report(view, order, output());
                new LateComparison(context, run).write(order, output(), report);
                return report;
            }
        });
    }

    private WorkOrder heldOutOrder() {
        JournalEntry.Prepared prepared = prepared();
        String digest = Json.digest(Map.of("run", view.id().value(), "held-out", prepared.dataDigest()));
        return WorkOrders.evaluation(view.job(), digest, prepared.labels(), List.of());
    }

    private Path heldOut() {
        return prepared().data().resolve(Part.TEST.fileName());
    }

    private Path output() {
        Path output = view.output();
        if (output == null) {
            throw RunProblems.filesMissing(view.id(), Path.of("output"));
        }
        return output;
    }

    private JournalEntry.Prepared prepared() {
        JournalEntry.Prepared prepared = view.prepared();
        if (prepared == null) {
            throw RunProblems.filesMissing(view.id(), Path.of("data"));
        }
        return prepared;
    }
}
