package dev.finetune4j.engine;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.model.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The job that reads another file with the eyes of a run: its task, its labels, its model. */
final class OtherRows {
    /** As a template is told which of its columns the rows do not have. */
    private static final Pattern OTHER_COLUMN = Pattern.compile("}} in place of \\{\\{([^{}]*)}}");

    private OtherRows() {}

    /** The run's job with every row of {@code file} for test rows. */
    static JobFile of(RunView run, Path file) {
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
