package dev.finetune4j.engine;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.SeenRows;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.model.ModelRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Rows of another file, read with the eyes of a run: its task, its labels, its model.
 *
 * @param checks reads them, and tells of rows that the run was trained on
 */
record OtherRows(JobChecks checks) {
    /** As a template is told which of its columns the rows do not have. */
    private static final Pattern OTHER_COLUMN = Pattern.compile("}} in place of \\{\\{([^{}]*)}}");

    /** Every row of a file, for models of a run to answer. */
    PreparedData read(RunView run, Path file) {
        try {
            return checks.rows(job(run, file)).data();
        } catch (FineTuneException e) {
            throw told(e);
        }
    }

    /** Warns of those that the run was trained on, where its training rows are here. */
    void tellSeen(PreparedData rows, RunFolder folder) {
        Path trained = folder.data().resolve(Part.TRAIN.fileName());
        if (Files.notExists(trained)) {
            return;
        }
        RunView view = RunView.read(folder);
        seen(rows, trained, view.job().task().kind())
                .map(warning -> Remedies.named(warning, view.jobFile(), view.id()))
                .ifPresent(warning -> checks.progress().warned(List.of(warning)));
    }

    private static Optional<Problem> seen(PreparedData rows, Path trained, TaskKind kind) {
        try {
            return SeenRows.among(
                    rows.rows(Part.TEST),
                    RowSource.ofFile(trained),
                    kind,
                    Runtime.getRuntime().availableProcessors());
        } catch (FineTuneException e) {
            return Optional.empty(); // training rows that cannot be read are in the way of no answer
        }
    }

    /** The run's job with every row of {@code file} for test rows. */
    private static JobFile job(RunView run, Path file) {
        SplitSpec split = run.job().data().split();
        String name = file.toAbsolutePath().normalize().toString();
        SplitSpec all = new SplitSpec(0, 0, null, name, null, split.stratify(), 0, 0, 0, split.seed());
        JournalEntry.Prepared prepared = run.prepared();
        List<String> labels = prepared == null ? List.of() : prepared.labels();
        // Where the model lies: what the job names may be relative to its file, or fetched from elsewhere by now.
        ModelRef model = prepared == null
                ? run.job().model()
                : ModelRef.parse(prepared.model().toAbsolutePath().toString());
        FineTuneJob job = FineTuneJob.builder(
                        run.job().name(),
                        model,
                        run.job().task().withLabels(labels),
                        DataSpec.ofFile(name).withSplit(all))
                .training(run.job().training())
                .build();
        return JobFile.of(job, file.toAbsolutePath().normalize().getRoot());
    }

    /** What is wrong with the file, once, although it is read for training and for test rows, and without what only a job to come can set. */
    static FineTuneException told(FineTuneException failure) {
        List<Problem> once = failure.problems().stream()
                .distinct()
                .map(OtherRows::withoutSettings)
                .toList();
        return new FineTuneException(once, failure.getCause());
    }

    private static Problem withoutSettings(Problem problem) {
        return problem.withRemedies(problem.remedies().stream()
                .filter(remedy -> !remedy.startsWith("task.") && !remedy.startsWith("check."))
                .map(OtherRows::inTheRows)
                .toList());
    }

    /** The templates are those of the run, so that not they are mended but the rows. */
    private static String inTheRows(String remedy) {
        List<String> lacking = OTHER_COLUMN
                .matcher(remedy)
                .results()
                .map(found -> found.group(1))
                .toList();
        return lacking.isEmpty()
                ? remedy
                : "add the column" + (lacking.size() == 1 ? " " : "s ") + String.join(", ", lacking) + " to each row";
    }
}
