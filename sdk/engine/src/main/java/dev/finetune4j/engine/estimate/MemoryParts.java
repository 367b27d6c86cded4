package dev.finetune4j.engine.estimate;

/**
 * Memory of one GPU by part at the moment of the peak.
 *
 * @param weights weights that lie there all the time
 * @param gradients gradients that lie there at the peak
 * @param optimizerStates moments and copies in single precision
 * @param adapter adapters with their gradients and moments
 * @param buffers gathered or unpacked weights
 * @param activations what is kept for the backward pass, and the layer at work
 * @param logits logits and what the loss makes of them
 * @param temporary what the optimizer's step or the products in half precision need for a moment
 * @param workspace work spaces of libraries
 * @param loading the peak while the model is loaded, alone
 */
public record MemoryParts(
        double weights,
        double gradients,
        double optimizerStates,
        double adapter,
        double buffers,
        double activations,
        double logits,
        double temporary,
        double workspace,
        double loading) {

    /** The peak of what is allocated. */
    public double allocated() {
        double training = weights
                + gradients
                + optimizerStates
                + adapter
                + buffers
                + activations
                + logits
                + temporary
                + workspace;
        return Math.max(training, loading);
    }

    /** The same in another unit. */
    MemoryParts times(double factor) {
        return new MemoryParts(
                weights * factor,
                gradients * factor,
                optimizerStates * factor,
                adapter * factor,
                buffers * factor,
                activations * factor,
                logits * factor,
                temporary * factor,
                workspace * factor,
                loading * factor);
    }
}
