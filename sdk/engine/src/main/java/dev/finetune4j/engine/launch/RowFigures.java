package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.spi.Proposal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many rows a job has and how long they are: all that a plan needs to know of them.
 *
 * @param rows rows of each part
 * @param tokens tokens of a row, before it is cut
 * @param answerTokens tokens of the mean row that are learned
 * @param mostTrainingTokens no vocabulary makes more tokens of the training rows, each counted once
 * @param lengths lengths that bound memory
 * @param answers lengths of the texts that base and tuned model answer
 * @param areAnswered whether models answer to the held-out rows; false where these are passages, which are read, and continued if the job says so
 * @param areCounted whether the model's own tokenizer counted the tokens; else they were told from the number of characters
 * @param bytes size of the rows in their files
 * @param digest of the rows
 * @param labels what a model which speaks reads to score all labels
 */
public record RowFigures(
        Map<Part, Long> rows,
        Quantiles tokens,
        double answerTokens,
        long mostTrainingTokens,
        Proposal.RowLengths lengths,
        Proposal.AnswerLengths answers,
        boolean areAnswered,
        boolean areCounted,
        long bytes,
        String digest,
        LabelTokens labels) {
    /** Copies the map in its order. */
    public RowFigures {
        EnumMap<Part, Long> inOrder = new EnumMap<>(Part.class);
        inOrder.putAll(rows);
        rows = Collections.unmodifiableMap(inOrder);
    }

    /**
     * Other numbers of rows like these.
     *
     * @param others rows of each part
     */
    public RowFigures with(Map<Part, Long> others) {
        double growth = others.getOrDefault(Part.TRAIN, 0L) / (double) Math.max(1, rowsOf(Part.TRAIN));
        return new RowFigures(
                others,
                tokens,
                answerTokens,
                Math.round(growth * mostTrainingTokens),
                lengths,
                answers,
                areAnswered,
                areCounted,
                Math.round(growth * bytes),
                digest,
                labels);
    }

    /** The figures of a job that was checked. */
    static RowFigures of(PreparedJob job) {
        double answerTokens = job.check().profile().trainedTokens().mean();
        return new RowFigures(
                job.check().profile().rowsByPart(),
                job.check().profile().tokens(),
                answerTokens,
                MostTokens.ofTraining(job.data()),
                job.proposal().rows(),
                job.answers(),
                job.data().hasAnswers(),
                true,
                RowBytes.of(job.data()),
                job.data().digest(),
                LabelTokens.counted(job.data(), answerTokens));
    }

    /** Rows of a part; 0 where there are none. */
    public long rowsOf(Part part) {
        return rows.getOrDefault(part, 0L);
    }
}
