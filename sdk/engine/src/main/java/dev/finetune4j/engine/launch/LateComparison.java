package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import java.nio.file.Path;

/** Makes up for the comparison of a run that succeeded without one: writes the run's report anew, and the comparison down. */
final class LateComparison {
    private final LaunchContext context;
    private final RunFolder run;

    LateComparison(LaunchContext context, RunFolder run) {
        this.context = context;
        this.run = run;
    }

    /** Whether the run lacks it: one that failed when it compared has another end, and one that goes on will compare itself. */
    static boolean isDue(RunView view) {
        return view.closed()
                && view.state() == RunState.SUCCEEDED
                && view.output() != null
                && view.evaluation() == null;
    }

    /**
     * Writes it down, where it is due. Whoever does so again after a death in between repeats the report.
     *
     * @param order what was answered
     * @param answered folder with the answers, which may be the run's output
     * @throws dev.finetune4j.error.FineTuneException with FT0505 if another process has the run, FT0501 or FT0721 if a file cannot be written
     */
    void write(WorkOrder order, Path answered, EvaluationReport evaluation) {
        RunLock lock = RunLock.tryTake(run, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(run.id()));
        try (lock;
                Journal journal = Journal.open(run, context.files(), context.clock(), context.redaction())) {
            RunView view = RunView.of(journal.content()).orElseThrow();
            Path output = view.output();
            if (!isDue(view) || output == null) {
                return;
            }
            if (!answered.equals(output)) {
                HomeComparison.keep(order, answered, output);
            }
            new ReportStep(context, run, journal, Outcomes.place(view, context.providers()))
                    .success(
                            view,
                            order,
                            output,
                            Ending.comparedLater(SavedEvents.read(run)),
                            evaluation,
                            context.estimates().figuresOf(run.id()).orElse(null),
                            null);
            journal.append(new JournalEntry.EvaluationDone(evaluation));
        }
    }
}
