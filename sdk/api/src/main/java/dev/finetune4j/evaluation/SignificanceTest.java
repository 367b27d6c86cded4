package dev.finetune4j.evaluation;

import dev.finetune4j.value.Kind;

/** How likely a difference at least this large is when the two models are equally good. */
public sealed interface SignificanceTest {
    /** The two-sided p-value. */
    double pValue();

    /**
     * McNemar's exact test: a binomial test on the rows that one model has right and the other wrong
     * (<a href="https://doi.org/10.1007/BF02295996">McNemar 1947</a>).
     *
     * @param pValue two-sided
     * @param onlyTunedRight rows that the tuned model alone has right
     * @param onlyBaseRight rows that the base model alone has right
     */
    @Kind("mcnemar-exact")
    record McNemarExact(double pValue, long onlyTunedRight, long onlyBaseRight) implements SignificanceTest {}

    /**
     * Paired bootstrap: twice the share of resamples whose difference falls on the less likely side of zero. Never below
     * {@code 2 / (resamples + 1)}.
     *
     * @param pValue two-sided
     * @param resamples how many resamples it rests on
     */
    @Kind("paired-bootstrap")
    record PairedBootstrap(double pValue, int resamples) implements SignificanceTest {}
}
