package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.evaluate.RowScore;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.ChangedRows;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.ReportJson;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the report of a run that ends into its folder, and says so in its journal. */
final class ReportStep {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Journal journal;
    private final ProviderId provider;

    ReportStep(LaunchContext context, RunFolder folder, Journal journal, ProviderId provider) {
        this.context = context;
        this.folder = folder;
        this.journal = journal;
        this.provider = provider;
    }

    /**
     * Reports a run with all its results.
     *
     * @param evaluation the comparison, or null where none was made
     * @param figures what was foreseen beside what it took, or null where nothing was
     * @param uncompared why nothing was compared and how to get it, or null where that is not the place's doing
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    void success(
            RunView view,
            WorkOrder order,
            Path output,
            List<RunEvent> events,
            @Nullable EvaluationReport evaluation,
            @Nullable ForeseenAndActual figures,
            @Nullable Ending uncompared) {
        RunReport.Builder report =
                begin(view, RunState.SUCCEEDED, output, events).figures(figures).ending(uncompared);
        if (evaluation != null) {
            var predictions = PredictionFiles.read(output, EvaluateStep.variants(order));
            TaskKind task = view.job().task().kind();
            boolean isComparedByRow = predictions.containsKey(Variant.BASE_ZERO_SHOT)
                    && evaluation.variants().get(0).metrics().containsKey(RowScore.metric(task));
            report.evaluation(
                    evaluation,
                    isComparedByRow
                            ? ChangedRows.of(
                                    task,
                                    predictions,
                                    heldOut(),
                                    view.job().evaluation().seed())
                            : null);
        }
        write(report);
    }

    /**
     * Reports a run that ends without all its results.
     *
     * @param state failed or stopped
     * @param outcome the same with its reason
     * @param isResumable whether its place can let it go on
     * @param remedies what to do about it, the best first; may be empty
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    void ending(
            RunView view,
            RunState state,
            RunOutcome outcome,
            List<RunEvent> events,
            boolean isResumable,
            List<String> remedies) {
        write(begin(view, state, view.output(), events)
                .ending(Ending.of(folder.id(), outcome, events, isResumable, remedies)
                        .orElse(null)));
    }

    private RunReport.Builder begin(RunView view, RunState state, @Nullable Path output, List<RunEvent> events) {
        RunReport.Builder report = RunReport.builder(
                        folder.id(),
                        state,
                        view.job(),
                        new RunProvenance(context, folder).of(view, provider, output, events))
                .jobFile(view.jobFile())
                .origins(origins())
                .events(events);
        if (view.prepared() != null) {
            DatasetCheckReport check = check();
            report.data(check.profile(), check.problems());
        }
        return report;
    }

    private Map<String, String> origins() {
        JournalContent content = folder.read();
        return content.last(JournalEntry.Renewed.class)
                .map(JournalEntry.Renewed::origins)
                .or(() -> content.last(JournalEntry.Created.class).map(JournalEntry.Created::origins))
                .orElse(Map.of());
    }

    private void write(RunReport.Builder report) {
        // What a place says of a failure may hold a secret, and a report travels further than a journal.
        ReportFiles.write(ReportJson.rewrite(report.build(), journal.redaction()::apply), folder.path());
        journal.append(
                new JournalEntry.ReportWritten(Stream.of(ReportFiles.HTML, ReportFiles.JSON, ReportFiles.MARKDOWN)
                        .map(folder.path()::resolve)
                        .toList()));
    }

    private DatasetCheckReport check() {
        return RunRecords.read(folder.check(), DatasetCheckReport.class);
    }

    private List<Example> heldOut() {
        Path file = folder.data().resolve(Part.TEST.fileName());
        try (Stream<Example> rows = RowSource.ofFile(file).open()) {
            return rows.toList();
        }
    }
}
