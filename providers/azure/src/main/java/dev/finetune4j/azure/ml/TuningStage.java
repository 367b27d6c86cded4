package dev.finetune4j.azure.ml;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Lays out the rows of a job as a fine-tuning job reads them; refuses before anything is sent. */
final class TuningStage {
    /** Names of channels, which hold one file each. */
    static final String TRAINING = "training";

    static final String VALIDATION = "validation";

    private final AzureMlOptions options;
    private final TuningOptions tuning;

    TuningStage(AzureMlOptions options) {
        this.options = options;
        this.tuning = Objects.requireNonNull(options.tuning());
    }

    /**
     * What a job is made of.
     *
     * @param task what its rows are for
     * @param files the file of each channel, as jobs name it
     * @param hyperParameters by the service's names
     */
    record Staged(TuningTask task, Map<String, String> files, Map<String, String> hyperParameters) {
        /** The file of a channel, as jobs name it; empty where there is none. */
        String file(String channel) {
            return files.getOrDefault(channel, "");
        }
    }

    /**
     * The job with its rows laid out.
     *
     * @param send brings the channels of a submission to where jobs read them, or tells where they would be, as {@link JobFiles#stage} does
     * @throws FineTuneException with everything that speaks against the job and its rows
     */
    Staged stage(Submission submission, Function<Submission, Map<String, String>> send) {
        WorkStep.Train train = onlyTraining(submission);
        Path rows = submission.channels().get(WorkOrder.DATA_CHANNEL);
        if (rows == null) {
            throw AzureMlErrors.unable(submission.id(), "tune without rows", "the job has no data channel");
        }
        try {
            Path folder = Files.createTempDirectory("finetune4j-azure-ml-");
            try {
                return stage(submission, train, rows, folder, send);
            } finally {
                for (Part part : Part.values()) {
                    Files.deleteIfExists(folder.resolve(part.fileName()));
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Staged stage(
            Submission submission,
            WorkStep.Train train,
            Path rows,
            Path folder,
            Function<Submission, Map<String, String>> send)
            throws IOException {
        TuningTask task = tuning.task() == null ? TuningRows.task(rows.resolve(Part.TRAIN.fileName())) : tuning.task();
        TuningHyperParameters parameters =
                TuningHyperParameters.of(train.method(), train.training(), tuning.hyperParameters());
        List<Problem> problems = new ArrayList<>(AzureMlRules.problems(options, true));
        problems.addAll(parameters.problems());
        Submission.Builder sent = Submission.builder(submission.id(), submission.model(), submission.order());
        for (Part part : List.of(Part.TRAIN, Part.VALIDATION)) {
            Path from = rows.resolve(part.fileName());
            if (part == Part.TRAIN || (Files.exists(from) && Files.size(from) > 0)) {
                Path to = folder.resolve(part.fileName());
                problems.addAll(TuningRows.write(task, tuning, from, to));
                sent.channel(channel(part), to);
            }
        }
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new FineTuneException(errors, null);
        }
        submission.labels().forEach(sent::label);
        return new Staged(task, files(send.apply(sent.build())), parameters.values());
    }

    /** Data of a registry is a file, and what is staged below the store a folder that has one. */
    private Map<String, String> files(Map<String, String> inputs) {
        Map<String, String> files = new HashMap<>();
        for (Part part : List.of(Part.TRAIN, Part.VALIDATION)) {
            String channel = channel(part);
            Optional.ofNullable(inputs.get(channel))
                    .ifPresent(input -> files.put(
                            channel, tuning.dataRegistry() == null ? options.uri(input + part.fileName()) : input));
        }
        return files;
    }

    private static String channel(Part part) {
        return part == Part.TRAIN ? TRAINING : VALIDATION;
    }

    /**
     * The only step of a job, which trains.
     *
     * @throws FineTuneException with FT0938 if the job is to do something else, or to end at a time limit
     */
    static WorkStep.Train onlyTraining(Submission submission) {
        if (submission.timeLimit() != null) {
            throw AzureMlErrors.unable(submission.id(), "keep a time limit", "the service has none for such jobs");
        }
        if (submission.order().steps().size() == 1
                && submission.order().steps().get(0) instanceof WorkStep.Train train) {
            return train;
        }
        throw AzureMlErrors.unable(submission.id(), "do other work than training", "it runs no worker");
    }
}
