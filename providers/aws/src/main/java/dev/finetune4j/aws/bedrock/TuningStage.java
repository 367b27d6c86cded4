package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.bedrock.TunableModels.TunableModel;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Brings the rows of a job to S3, as records of its model; refuses before anything is sent. */
final class TuningStage {
    private final S3Store store;
    private final BedrockOptions options;

    TuningStage(S3Store store, BedrockOptions options) {
        this.store = store;
        this.options = options;
    }

    /**
     * The job with its records in S3; what is there already is not sent again.
     *
     * @throws FineTuneException with everything that the service would have against the job and its rows
     */
    StagedTuning stage(Submission submission, WorkStep.Train train) {
        return stage(submission, train, store::stage);
    }

    /**
     * The job as {@link #stage} would lay its records out; sends nothing.
     *
     * @throws FineTuneException as {@link #stage}
     */
    StagedTuning planned(Submission submission, WorkStep.Train train) {
        return stage(submission, train, store::stagedAddress);
    }

    private StagedTuning stage(Submission submission, WorkStep.Train train, Function<Path, String> place) {
        Path rows = submission.channels().get(WorkOrder.DATA_CHANNEL);
        if (rows == null) {
            throw BedrockErrors.unable(submission.id(), "tune without rows", "the job has no data channel");
        }
        try {
            Path records = Files.createTempDirectory("finetune4j-bedrock-");
            try {
                return stage(submission, train, rows, records, place);
            } finally {
                remove(records);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private StagedTuning stage(
            Submission submission, WorkStep.Train train, Path rows, Path records, Function<Path, String> place)
            throws IOException {
        boolean isCompared = hasRows(rows.resolve(Part.VALIDATION.fileName()));
        StagedTuning job = staged(submission, train, store.stagedRoot(), isCompared);
        List<Problem> problems = new ArrayList<>(BedrockRules.problems(job, options));
        TunableModel model = TunableModels.find(options.model()).orElse(null);
        if (model != null) {
            problems.addAll(TuningRecords.write(
                    model, rows.resolve(Part.TRAIN.fileName()), records.resolve(Part.TRAIN.fileName()), true));
            if (isCompared) {
                problems.addAll(TuningRecords.write(
                        model,
                        rows.resolve(Part.VALIDATION.fileName()),
                        records.resolve(Part.VALIDATION.fileName()),
                        false));
            }
        }
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new FineTuneException(errors, null);
        }
        return staged(submission, train, place.apply(records), isCompared);
    }

    private static StagedTuning staged(Submission submission, WorkStep.Train train, String prefix, boolean isCompared) {
        return new StagedTuning(
                submission.id(),
                submission.order().digest(),
                prefix + Part.TRAIN.fileName(),
                isCompared ? prefix + Part.VALIDATION.fileName() : null,
                train.method(),
                train.training(),
                submission.labels());
    }

    private static boolean hasRows(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    private static void remove(Path folder) throws IOException {
        for (Part part : Part.values()) {
            Files.deleteIfExists(folder.resolve(part.fileName()));
        }
        Files.delete(folder);
    }
}
