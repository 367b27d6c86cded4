package dev.finetune4j.engine.plan;

import dev.finetune4j.run.Rehearsal;

/** What the validation losses and all answers of a run take, by a rehearsal that let each model answer some rows. */
final class RehearsedAnswers {
    /**
     * Standard deviation of the time that a written answer takes, in parts of its mean. The length of an answer that may end with each token
     * alike is geometric, and that deviates by sqrt(1 - 1 / mean) of its mean: by all of it but for the shortest answers.
     */
    private static final double DEVIATION = 1;

    private RehearsedAnswers() {}

    /**
     * Seconds.
     *
     * @param steady how far the same work differs from time to time, around 1
     * @param areWritten whether models write answers, whose lengths nobody knows beforehand; rows that are only read take what their lengths
     *     tell
     */
    static Uncertain seconds(Rehearsal measured, Uncertain steady, boolean areWritten) {
        double likely = Math.max(1e-3, measured.evaluationSeconds());
        double ofLengths = areWritten ? deviation(measured, likely) : 0;
        double below = Math.hypot(steady.deviationBelow(), ofLengths);
        double above = Math.hypot(steady.deviationAbove(), ofLengths);
        return new Uncertain(
                likely * Math.exp(-Uncertain.NINETIETH * below),
                likely,
                likely * Math.exp(Uncertain.NINETIETH * above));
    }

    /**
     * Standard deviation of the logarithm of the whole: the mean of n answers, drawn of N, deviates by sqrt((1 - n / N) / n) of the deviation
     * of one.
     */
    private static double deviation(Rehearsal measured, double whole) {
        double variance = 0;
        for (Rehearsal.AnswerPace pace : measured.answers()) {
            double answered = Math.max(1, pace.rows());
            double left = Math.max(0, 1 - answered / Math.max(1, pace.totalRows()));
            variance += Math.pow(DEVIATION * pace.wholeSeconds() / whole, 2) * left / answered;
        }
        return Math.sqrt(Math.log1p(variance)); // of a log-normal quantity with that variance around a mean of 1
    }
}
