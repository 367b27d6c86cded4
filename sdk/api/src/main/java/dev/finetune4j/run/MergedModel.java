package dev.finetune4j.run;

/**
 * A tuned model as a model of its own: its adapter, if it has one, was added to the weights of the base model.
 *
 * @param format its form, and how the weights are stored
 * @param bytes size of the weights, in GGUF of the whole file
 * @param largestDifference how far the log-probability of a next token, or of an encoder's label, is from that of the tuned model it was made
 *     from, in nats, at most
 * @param comparedTokens next tokens, or of an encoder labels of texts, whose log-probabilities were compared
 */
public record MergedModel(ModelFormat format, long bytes, double largestDifference, int comparedTokens) {
    /** Refuses a format that is not resolved. */
    public MergedModel {
        if (format.leavesStorageOpen()) {
            throw new IllegalArgumentException("format must say how weights are stored, was auto");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be 1 or more, was " + bytes);
        }
    }
}
