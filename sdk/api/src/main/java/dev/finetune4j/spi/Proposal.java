package dev.finetune4j.spi;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.model.ModelFiles;

/**
 * A job that is ready to be launched, as it is shown to a place that may refuse it.
 *
 * @param job what is wanted
 * @param model the files of its base model
 * @param rows how long its rows are; {@link RowLengths#NONE} where nothing is trained and models only answer
 * @param answers how long the texts are that base and tuned model will answer
 */
public record Proposal(FineTuneJob job, ModelFiles model, RowLengths rows, AnswerLengths answers) {
    /** What a share of an epoch may be off by, so that 0.1 of ten steps is one and not two. */
    private static final double ROUNDING = 1e-9;

    /**
     * How many rows there are, and their lengths in tokens, each as it is left by the length limit.
     *
     * @param trainingRows rows that are learned
     * @param validationRows rows that training is compared with on its way
     * @param longest tokens of the longest row of any part
     * @param largestBatch tokens of the {@code training.batch-size} longest training rows together: no micro-batch that counts rows
     *     has more
     * @param limit tokens that a row may have
     * @param mean tokens of the mean row
     * @param prefix tokens that all training and validation rows begin with, none of which predicts one that is learned; 0 where nobody knows
     */
    public record RowLengths(
            long trainingRows,
            long validationRows,
            long longest,
            long largestBatch,
            int limit,
            double mean,
            int prefix) {
        /** Nothing is trained. */
        public static final RowLengths NONE = new RowLengths(0, 0, 0, 0, 0);

        /** Of rows that begin each in its own way. */
        public RowLengths(long trainingRows, long validationRows, long longest, long largestBatch, int limit) {
            this(trainingRows, validationRows, longest, largestBatch, limit, (double) longest, 0);
        }
    }

    /**
     * Lengths in tokens of held-out rows as models read them: with the examples that are shown in a prompt, and with their longest
     * answer. There may be longer ones, since not every row is tokenized.
     *
     * @param passage the longest passage, 0 where there is none
     * @param conversation the longest prompt with its answer, 0 where there is none
     * @param written the longest of those whose answer is written, several side by side, 0 where there is none
     */
    public record AnswerLengths(int passage, int conversation, int written) {
        /** Nothing is answered. */
        public static final AnswerLengths NONE = new AnswerLengths(0, 0, 0);

        /** For each kind of text the longer of these lengths and the others. */
        public AnswerLengths or(AnswerLengths other) {
            return new AnswerLengths(
                    Math.max(passage, other.passage),
                    Math.max(conversation, other.conversation),
                    Math.max(written, other.written));
        }
    }

    /**
     * Optimizer steps that the job trains at most, 0 where nothing is trained. Exact where steps hold rows; where rows are packed there
     * may be fewer, since a step then holds as many rows or more.
     */
    public long mostSteps() {
        if (rows.trainingRows() == 0) {
            return 0;
        }
        TrainingSpec training = job.training();
        long rowsOfAStep = (long) training.batchSize() * training.gradientAccumulation();
        long ofAnEpoch = (rows.trainingRows() + rowsOfAStep - 1) / rowsOfAStep;
        double whole = Math.floor(training.epochs());
        return ((long) whole) * ofAnEpoch
                + (long) Math.ceil((training.epochs() - whole) * (double) ofAnEpoch - ROUNDING);
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "Proposal[" + job.name() + ", " + model.ref() + ", " + rows + "]";
    }
}
