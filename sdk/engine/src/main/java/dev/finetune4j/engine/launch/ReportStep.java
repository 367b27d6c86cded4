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
import dev.finetune4j.engine.place.PlaceProblems;
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
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the report of a run into its folder, and says so in its journal. */
final class ReportStep {
    private final LaunchContext context;
    private final RunFolder folder;
    private final Journal journal;
    private final ProviderId provider;
    private final boolean isOfItsEnd;

    private ReportStep(
            LaunchContext context, RunFolder folder, Journal journal, ProviderId provider, boolean isOfItsEnd) {
        this.context = context;
        this.folder = folder;
        this.journal = journal;
        this.provider = provider;
        this.isOfItsEnd = isOfItsEnd;
    }

    /** Of a run that ends. */
    ReportStep(LaunchContext context, RunFolder folder, Journal journal, ProviderId provider) {
        this(context, folder, journal, provider, true);
    }

    /**
     * Of a run whose {@code report.json} was lost after its end. Its rows and weights may have changed since, and finetune4j and Java with
     * them, so that no digests of the files are told, and only the versions that the run itself wrote down; pages that are there stay as they
     * are.
     */
    static ReportStep late(LaunchContext context, RunFolder folder, Journal journal, ProviderId provider) {
        return new ReportStep(context, folder, journal, provider, false);
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
            compare(report, view, EvaluateStep.variants(order), output, evaluation);
        }
        write(report);
    }

    /**
     * Reports a run that has succeeded, with the comparison that its journal has.
     *
     * @param figures what was foreseen beside what it took, or null where that is not known
     * @throws FineTuneException with FT0701 if answers cannot be read, FT0721 if a file cannot be written
     */
    void success(RunView view, Path output, List<RunEvent> events, @Nullable ForeseenAndActual figures) {
        EvaluationReport evaluation = view.evaluation();
        List<RunEvent> told = evaluation == null ? events : Ending.comparedLater(events);
        RunReport.Builder report = begin(view, RunState.SUCCEEDED, output, told).figures(figures);
        if (evaluation == null) {
            report.ending(Ending.uncompared(events).orElse(null));
        } else {
            Set<Variant> variants = evaluation.variants().stream()
                    .map(one -> one.variant().asked())
                    .collect(Collectors.toSet());
            compare(report, view, variants, output, evaluation);
        }
        write(report);
    }

    private void compare(
            RunReport.Builder report, RunView view, Set<Variant> variants, Path output, EvaluationReport evaluation) {
        var predictions = PredictionFiles.read(output, variants);
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

    /**
     * The same, with what its place lets it go on with.
     *
     * @param place what its place can do
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    void ending(RunView view, RunState state, RunOutcome outcome, List<RunEvent> events, Capabilities place) {
        boolean isResumable = place.supportsResume() && view.isLaunchedHere();
        if (outcome instanceof RunOutcome.Failed failed) {
            boolean isGone = failed.problem().code().equals(PlaceProblems.GONE.code());
            ending(
                    view,
                    state,
                    outcome,
                    events,
                    isResumable && !isGone,
                    failed.problem().remedies());
        } else {
            Optional<String> anew = NextCommand.anew(view, outcome, place);
            ending(
                    view,
                    state,
                    outcome,
                    events,
                    isResumable && anew.isEmpty(),
                    anew.stream().toList());
        }
    }

    private RunReport.Builder begin(RunView view, RunState state, @Nullable Path output, List<RunEvent> events) {
        RunProvenance provenance = new RunProvenance(context, folder);
        RunReport.Builder report = RunReport.builder(
                        folder.id(),
                        state,
                        view.job(),
                        isOfItsEnd
                                ? provenance.of(view, provider, output, events)
                                : provenance.late(view, provider, events))
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

    private void write(RunReport.Builder builder) {
        // What a place says of a failure may hold a secret, and a report travels further than a journal.
        RunReport report = ReportJson.rewrite(builder.build(), journal.redaction()::apply);
        if (isOfItsEnd) {
            ReportFiles.write(report, folder.path());
        } else {
            ReportFiles.writeLost(report, folder.path());
        }
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
