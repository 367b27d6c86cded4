package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.run.RunEvent.PredictionProgress;
import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Lets rows be answered, batch by batch in the order of their file. Answers that an interrupted process left are kept. */
final class PredictionRun {
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);

    private final Predict step;
    private final Path rowsFile;
    private final Path predictions;
    private final Surroundings surroundings;
    private @Nullable Instant lastProgress;

    PredictionRun(Predict step, Path rowsFile, Path predictions, Surroundings surroundings) {
        this.step = step;
        this.rowsFile = rowsFile;
        this.predictions = predictions;
        this.surroundings = surroundings;
    }

    /**
     * Answers all rows that have no answer yet.
     *
     * @param totalRows rows of the file, for those who watch
     * @param room tokens that a row takes where it is answered beside others, by its place in the file from 0 on; 0 where
     *     batches are cut by the number of their rows alone
     * @param answer gives one prediction for each row of a batch; none at all where the stop signal broke it off
     * @return why it stopped before the last row, or empty when the file is complete
     */
    Optional<String> run(long totalRows, IntUnaryOperator room, Function<List<Example>, List<Prediction>> answer) {
        try (PredictionFile file = PredictionFile.open(predictions);
                ExampleReader reader = ExampleReader.open(rowsFile)) {
            int most = step.writes() ? Predict.MOST_TOKENS_WRITTEN_BESIDE : Predict.MOST_TOKENS_READ_BESIDE;
            RowBatches batches = new RowBatches(reader, most, room, !step.writesOnPassages());
            tellProgress(file.rows(), totalRows);
            long first = 0;
            for (List<Example> batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
                int known = (int) Math.min(batch.size(), Math.max(0, file.rows() - first));
                first += batch.size();
                if (known == batch.size()) {
                    continue;
                }
                List<Prediction> answers = List.of();
                while (answers
                        .isEmpty()) { // one that was broken off is told why, and leaves its batch to be answered anew
                    Optional<String> stop = surroundings.stop().reason();
                    if (stop.isPresent()) {
                        return stop;
                    }
                    answers = answer.apply(batch);
                }
                answers.subList(known, batch.size()).forEach(file::append);
                tellProgress(file.rows(), totalRows);
            }
            file.complete();
        }
        return Optional.empty();
    }

    /** At most two events a second, but always the first and the last. */
    private void tellProgress(long rows, long totalRows) {
        Instant now = surroundings.clock().instant();
        if (lastProgress != null
                && rows < totalRows
                && Duration.between(lastProgress, now).compareTo(BETWEEN_PROGRESS) < 0) {
            return;
        }
        lastProgress = now;
        surroundings.events().accept(new PredictionProgress(now, step.variant(), rows, totalRows));
    }
}
