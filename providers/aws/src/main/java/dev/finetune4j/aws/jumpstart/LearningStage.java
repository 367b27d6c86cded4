package dev.finetune4j.aws.jumpstart;

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
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Brings the rows of a job to S3 in the layout of its model's script; refuses before anything is sent. */
final class LearningStage {
    private final S3Store store;
    private final JumpStartOptions options;
    private final HubDocument document;

    LearningStage(S3Store store, JumpStartOptions options, HubDocument document) {
        this.store = store;
        this.options = options;
        this.document = document;
    }

    /**
     * The job with its rows in S3; what is there already is not sent again.
     *
     * @param launch which launch of the job, from 1
     * @throws FineTuneException with everything that the service or the script would have against the job and its rows
     */
    StagedLearning stage(Submission submission, WorkStep.Train train, int launch) {
        return stage(submission, train, launch, store::stage);
    }

    /**
     * The job as {@link #stage} would lay its rows out; sends nothing.
     *
     * @throws FineTuneException as {@link #stage}
     */
    StagedLearning planned(Submission submission, WorkStep.Train train) {
        return stage(submission, train, 1, store::stagedAddress);
    }

    private StagedLearning stage(
            Submission submission, WorkStep.Train train, int launch, Function<Path, String> place) {
        Path rows = submission.channels().get(WorkOrder.DATA_CHANNEL);
        if (rows == null) {
            throw JumpStartProvider.unable(submission.id(), "tune without rows", "the job has no data channel");
        }
        try {
            Path folder = Files.createTempDirectory("finetune4j-jumpstart-");
            try {
                return laidOut(submission, train, launch, rows, folder, place);
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private StagedLearning laidOut(
            Submission submission,
            WorkStep.Train train,
            int launch,
            Path rows,
            Path folder,
            Function<Path, String> place)
            throws IOException {
        String machine = options.machineFor(document);
        Path training = rows.resolve(Part.TRAIN.fileName());
        Path validation = rows.resolve(Part.VALIDATION.fileName());
        DatasetLayout layout =
                JumpStartDataset.layout(training, document.parameters(machine), options.hyperParameters());
        HubHyperparameters parameters = HubHyperparameters.of(
                document, machine, train.method(), train.training(), layout, options.hyperParameters());
        List<Problem> problems = new ArrayList<>(JumpStartRules.problems(options));
        problems.addAll(JumpStartRules.problems(options, document));
        problems.addAll(parameters.problems());
        problems.addAll(JumpStartDataset.write(layout, training, folder.resolve("training"), "train"));
        boolean isCompared = document.takesValidation() && Files.exists(validation) && Files.size(validation) > 0;
        if (isCompared) {
            problems.addAll(JumpStartDataset.write(layout, validation, folder.resolve("validation"), "validation"));
        }
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new FineTuneException(errors, null);
        }
        @Nullable String compared = isCompared ? place.apply(folder.resolve("validation")) : null;
        return new StagedLearning(
                submission.id(),
                launch,
                submission.order().digest(),
                place.apply(folder.resolve("training")),
                compared,
                parameters.values(),
                submission.labels(),
                submission.timeLimit());
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
