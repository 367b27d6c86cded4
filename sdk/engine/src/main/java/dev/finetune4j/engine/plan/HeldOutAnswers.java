package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.WorkStep.Predict;
import java.util.List;

/**
 * What models read and write to answer the held-out rows of a job, wherever they do. How long that takes is another matter on each engine:
 * {@link GpuTimes} tells it of GPUs, which are bound by the bytes that a pass moves, {@link OwnAnswers} of one's own machine, which computes.
 */
record HeldOutAnswers(FineTuneJob job, RowFigures rows, ModelFacts model) {
    /** The longest of several answers has up to so many times the tokens of a reference in the mean. */
    private static final double LONGEST_OF_SEVERAL = 2;

    /** How many models answer: base, base with examples where rows have a prompt to put them in, tuned. */
    int models() {
        if (!model.speaks()) {
            return 1;
        }
        return PreparedJob.shots(job.evaluation(), true, rows.areAnswered()) > 0 ? 3 : 2;
    }

    /**
     * Tokens that they read of a row, together, with the examples in its prompt.
     *
     * @param mean tokens of the mean row
     */
    double readTokens(double mean) {
        double shown = models() == 3 ? job.evaluation().fewShot() * mean : 0;
        return models() * (mean + continuedTokens(mean)) + shown;
    }

    /**
     * Tokens of the beginning that each of them reads once more to continue a passage; 0 where rows are not continued.
     *
     * @param mean tokens of the mean row
     */
    double continuedTokens(double mean) {
        return areContinued() ? Predict.beginning((int) Math.round(mean)) : 0;
    }

    /**
     * Tokens that the answer to a row is written behind.
     *
     * @param mean tokens of the mean row
     */
    double promptTokens(double mean) {
        return areContinued() ? continuedTokens(mean) : mean;
    }

    private boolean areContinued() {
        return areWritten() && !rows.areAnswered();
    }

    /** The labels that each of them scores behind its prompt; none where a head tells them apart all at once. */
    LabelTokens labels() {
        return model.speaks() && job.task().kind().hasLabels() ? rows.labels() : LabelTokens.NONE;
    }

    /** Whether they write texts; else they choose a label, or read what is there. */
    boolean areWritten() {
        return model.speaks() && TaskMetrics.areTextsWritten(job, rows.areAnswered());
    }

    /** Whether those of another job come about in the same way: models write, choose a label, compare answers or read. */
    boolean areLike(HeldOutAnswers other) {
        return areWritten() == other.areWritten()
                && job.task().kind().hasLabels() == other.job.task().kind().hasLabels()
                && rows.areAnswered() == other.rows.areAnswered();
    }

    /**
     * Tokens that the models write together for a row whose answer is a text: the tuned one as many as the reference has, the others that
     * or as many as they may, since they were not taught where to stop.
     */
    Uncertain writtenTokens() {
        double most = job.evaluation().maxNewTokens();
        double reference = referenceTokens();
        int others = models() - 1;
        return new Uncertain(
                reference + others * reference,
                reference + others * Math.sqrt(reference * most),
                reference + others * most);
    }

    /**
     * How often models go through their weights to write the answers of all of them to a row: rows that are answered side by side go on
     * until the longest of their answers has ended, which has up to twice as many tokens as a reference has in the mean.
     *
     * @param tuned rows that the tuned model answers side by side
     * @param base rows that the base model does
     * @param shown rows that it does behind examples, where it is asked so, too
     */
    Uncertain writingPasses(double tuned, double base, double shown) {
        double most = job.evaluation().maxNewTokens();
        double reference = referenceTokens();
        double low = reference / tuned;
        double likely = longest(tuned) / tuned;
        double high = likely;
        for (double rows : models() == 3 ? List.of(base, shown) : List.of(base)) {
            low += reference / rows;
            likely += Math.sqrt(longest(rows) * most) / rows;
            high += most / rows;
        }
        return new Uncertain(low, likely, high);
    }

    private double longest(double beside) {
        return beside == 1
                ? referenceTokens()
                : Math.min(job.evaluation().maxNewTokens(), LONGEST_OF_SEVERAL * referenceTokens());
    }

    private double referenceTokens() {
        // Of a passage all is learned, and what follows on its beginning is its rest.
        double learned = rows.answerTokens() - continuedTokens(rows.answerTokens());
        return Math.min(job.evaluation().maxNewTokens(), Math.max(1, learned));
    }
}
