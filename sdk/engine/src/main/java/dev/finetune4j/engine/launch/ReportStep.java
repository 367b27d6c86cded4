package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.ChangedRows;
import dev.finetune4j.engine.report.Provenance;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the report of an ended run into its folder. */
final class ReportStep {
    private final LaunchContext context;

    ReportStep(LaunchContext context) {
        this.context = context;
    }

    /**
     * The report's files.
     *
     * @param evaluation the comparison, or null where none was made
     * @throws FineTuneException with FT0721 if a file cannot be written
     */
    List<Path> write(
            RunFolder folder,
            RunView view,
            ProviderId provider,
            WorkOrder order,
            Path output,
            List<RunEvent> events,
            @Nullable EvaluationReport evaluation) {
        RunReport.Builder report = RunReport.builder(
                        folder.id(), RunState.SUCCEEDED, view.job(), provenance(folder, view, provider, output))
                .events(events);
        DatasetCheckReport check = check(folder);
        report.data(check.profile(), check.problems());
        if (evaluation != null) {
            var predictions = PredictionFiles.read(output, EvaluateStep.variants(order));
            ChangedRows changed = ChangedRows.of(
                    view.job().task().kind(),
                    predictions,
                    heldOut(folder),
                    view.job().evaluation().seed());
            report.evaluation(evaluation, changed);
        }
        ReportFiles.write(report.build(), folder.path());
        return Stream.of(ReportFiles.HTML, ReportFiles.JSON, ReportFiles.MARKDOWN)
                .map(folder.path()::resolve)
                .toList();
    }

    private static DatasetCheckReport check(RunFolder folder) {
        try {
            return Json.read(Files.readString(folder.check()), DatasetCheckReport.class);
        } catch (IOException e) {
            throw RunProblems.unreadable(folder.check(), e);
        }
    }

    private static List<Example> heldOut(RunFolder folder) {
        Path file = folder.data().resolve(Part.TEST.fileName());
        try (Stream<Example> rows = RowSource.ofFile(file).open()) {
            return rows.toList();
        }
    }

    private Provenance provenance(RunFolder folder, RunView view, ProviderId provider, Path output) {
        Map<String, String> digests = new LinkedHashMap<>();
        // The digest of the job as it was given: the journal keeps the job itself without its secrets.
        folder.read().last(JournalEntry.Created.class).ifPresent(created -> digests.put("job", created.jobDigest()));
        if (view.prepared() != null) {
            digests.put("data", view.prepared().dataDigest());
            digests.put("model", view.prepared().modelDigest());
        }
        Path adapter = output.resolve(WorkOrder.ADAPTER_FOLDER).resolve("adapter_model.safetensors");
        if (Files.exists(adapter)) {
            try {
                digests.put("adapter", Json.sha256(Files.readAllBytes(adapter)));
            } catch (IOException e) {
                throw RunProblems.unreadable(adapter, e);
            }
        }
        return new Provenance(
                provider,
                view.attempt(),
                digests,
                ThisMachine.versions(context.version()),
                ThisMachine.machine(),
                context.clock().instant());
    }
}
