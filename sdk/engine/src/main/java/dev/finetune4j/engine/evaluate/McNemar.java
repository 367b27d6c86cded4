package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.SignificanceTest;

/** McNemar's exact test on two models' right and wrong answers to the same rows. */
final class McNemar {
    private McNemar() {}

    /** Compares which rows each model has right: 1 for right, 0 for wrong. */
    static SignificanceTest.McNemarExact test(double[] tuned, double[] base) {
        long onlyTuned = 0;
        long onlyBase = 0;
        for (int row = 0; row < tuned.length; row++) {
            if (tuned[row] > base[row]) {
                onlyTuned++;
            } else if (tuned[row] < base[row]) {
                onlyBase++;
            }
        }
        return new SignificanceTest.McNemarExact(pValue(onlyTuned, onlyBase), onlyTuned, onlyBase);
    }

    /** Twice the lower tail of the binomial distribution with p = 1/2, at most 1. */
    static double pValue(long first, long second) {
        long trials = first + second;
        // The terms are summed as logarithms: 0.5^trials underflows beyond 1,074 trials.
        double logTerm = trials * Math.log(0.5);
        double tail = Math.exp(logTerm);
        for (long k = 1; k <= Math.min(first, second); k++) {
            logTerm += Math.log((double) (trials - k + 1) / k);
            tail += Math.exp(logTerm);
        }
        return Math.min(1, 2 * tail);
    }
}
