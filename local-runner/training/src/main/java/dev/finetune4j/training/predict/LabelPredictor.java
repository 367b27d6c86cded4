package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.rows.ExampleReader;
import dev.finetune4j.training.rows.LabelledRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the label of every row of a file by a head over the labels, with log p of each label as its score. */
public final class LabelPredictor {
    private final LabelScorer scorer;
    private final TextCodec codec;
    private final WorkStep.Predict step;
    private final Path rowsFile;
    private final Path predictions;
    private final Surroundings surroundings;
    private final int batchTokens;

    /**
     * Prepares an answering; nothing happens before {@link #run}.
     *
     * @param scorer over the labels of the step, in their order
     * @param codec of an encoder
     * @param step what to answer
     * @param rowsFile the rows, one example a line
     * @param predictions the file to leave, complete when it exists
     * @param surroundings events, stop signal, clock
     * @param batchTokens tokens that the scorer takes at once; at least as many as the longest row has
     */
    public LabelPredictor(
            LabelScorer scorer,
            TextCodec codec,
            WorkStep.Predict step,
            Path rowsFile,
            Path predictions,
            Surroundings surroundings,
            int batchTokens) {
        this.scorer = scorer;
        this.codec = codec;
        this.step = step;
        this.rowsFile = rowsFile;
        this.predictions = predictions;
        this.surroundings = surroundings;
        this.batchTokens = batchTokens;
    }

    /**
     * Answers all rows that have no answer yet.
     *
     * @return why it stopped before the last row, or empty when the file is complete
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read, with FT0625, FT0632 or FT0638 if an
     *     answer cannot be written
     */
    public Optional<String> run() {
        return Files.exists(predictions)
                ? Optional.empty()
                : new PredictionRun(step, rowsFile, predictions, surroundings)
                        .run(
                                rows(),
                                row -> 0,
                                this::answer); // the scorer is given no more of a batch than it takes at once
    }

    private long rows() {
        long rows = 0;
        try (ExampleReader reader = ExampleReader.open(rowsFile)) {
            while (reader.next() != null) {
                rows++;
            }
        }
        return rows;
    }

    private List<Prediction> answer(List<Example> batch) {
        List<int[]> texts = batch.stream()
                .map(row -> codec.encode(row, step.maxTokens()).tokenIds())
                .toList();
        List<double[]> scores = new ArrayList<>();
        for (int first = 0; first < texts.size(); ) {
            int end = end(texts, first);
            scores.addAll(scorer.labelScores(texts.subList(first, end)));
            first = end;
        }
        List<Prediction> answers = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            answers.add(prediction((Conversation) batch.get(i), scores.get(i)));
        }
        return answers;
    }

    /** One more than the last of the texts from one on that are taken at once. */
    private int end(List<int[]> texts, int first) {
        int end = first + 1;
        int tokens = texts.get(first).length;
        while (end < texts.size() && tokens + texts.get(end).length <= batchTokens) {
            tokens += texts.get(end++).length;
        }
        return end;
    }

    /** A row whose label is not one of the task's is impossible to the head. */
    private Prediction prediction(Conversation row, double[] scores) {
        Map<String, Double> byLabel = new LinkedHashMap<>();
        for (int i = 0; i < scores.length; i++) {
            byLabel.put(step.labels().get(i), scores[i]);
        }
        String reference = LabelledRows.labelOf(row);
        double logLikelihood = byLabel.getOrDefault(reference, Math.log(Double.MIN_NORMAL));
        return new Prediction(row.row(), reference, LabelScores.best(byLabel), byLabel, -logLikelihood, 1);
    }
}
