package dev.finetune4j.run;

import dev.finetune4j.job.Precision;

/**
 * A tuned model whose adapter was added to its weights.
 *
 * @param precision how the weights are stored: fp32 or bf16
 * @param bytes size of the weights
 * @param largestDifference how far the log-probability of a next token is from that of base model and adapter, in nats, at most
 * @param comparedTokens next tokens whose log-probabilities were compared
 */
public record MergedModel(Precision precision, long bytes, double largestDifference, int comparedTokens) {
    /** Refuses a precision that is not resolved. */
    public MergedModel {
        if (precision == Precision.AUTO) {
            throw new IllegalArgumentException("precision must be fp32 or bf16, was auto");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be 1 or more, was " + bytes);
        }
    }
}
