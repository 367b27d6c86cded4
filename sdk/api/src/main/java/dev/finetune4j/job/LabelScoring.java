package dev.finetune4j.job;

/** How the likelihoods of label texts become a decision. */
public enum LabelScoring {
    /** The sum of the answer tokens' log-likelihoods, end of turn included. */
    LIKELIHOOD,
    /** That sum divided by the number of answer tokens, so that long labels are not punished. */
    LENGTH_NORMALIZED,
    /**
     * That sum less the same sum after a prompt without content (contextual calibration,
     * <a href="https://arxiv.org/abs/2102.09690">Zhao et al. 2021</a>), so that frequent labels are not favoured.
     */
    CALIBRATED
}
