package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.run.WorkStep.Predict;

/** How long models on one's own machine take over a held-out row: they read it, score its labels, or write. */
record OwnAnswers(Worlds worlds, Assumptions assumptions) {
    private static final double GIGA = 1e9;

    /**
     * Seconds of a held-out row, of all models together.
     *
     * @param perFlop seconds of an operation
     */
    Sample ofRow(PlannedJob job, Sample perFlop) {
        double read = readTokens(job) * job.readingFlops();
        // Labels are a tree behind a prompt, or several, and each of its tokens is scored against all of one.
        double labels = job.answers().labels().together();
        double scored =
                job.answers().models() * labels * job.labelFlops(Math.min(labels, Predict.MOST_TOKENS_OF_A_PASS));
        Sample reading = perFlop.times(read + scored);
        if (!job.answers().areWritten()) {
            return reading;
        }
        Uncertain each = assumptions.get("local.memory").quantity().times(GIGA).under(job.weightBytes() + 1.0);
        double rows = rowsBeside(job);
        Sample passing = worlds.draw(Cause.ANSWERS, each)
                .times(worlds.draw(Cause.ANSWER_LENGTH, job.answers().writingPasses(rows, rows, rows)));
        double beside = 1 - 1 / rows; // one of them is computed while its weights come from memory
        Sample written = worlds.draw(Cause.ANSWER_LENGTH, job.answers().writtenTokens())
                .times(beside)
                .times(job.readingFlops());
        return reading.plus(passing).plus(perFlop.times(written));
    }

    /**
     * Held-out rows whose texts our core answers side by side: as many as have room, but for that of the longest. What all rows begin
     * with, virtual tokens among it, stands once for all of them.
     */
    static double rowsBeside(PlannedJob job) {
        double shared =
                job.job().method().virtualTokens() + job.rows().lengths().prefix();
        double room = Math.max(0, job.answers().promptTokens(job.lengths().mean() - shared))
                + job.job().evaluation().maxNewTokens();
        return Math.max(1, Math.min(Predict.MOST_ROWS_BESIDE, Math.floor(Predict.MOST_TOKENS_WRITTEN_BESIDE / room)));
    }

    /**
     * Tokens of a held-out row that all models together compute. What all rows begin with, and the examples that are shown, each model
     * computes once for all of them; an encoder reads each row whole.
     */
    private static double readTokens(PlannedJob job) {
        double mean = job.lengths().mean();
        double alike =
                job.model().speaks() ? Math.min(mean, job.rows().lengths().prefix()) : 0;
        double ofRows = job.answers().models() * (mean - alike + job.answers().continuedTokens(mean));
        return ofRows
                + (job.answers().readTokens(mean) - ofRows)
                        / Math.max(1, job.rows().rowsOf(Part.TEST));
    }
}
