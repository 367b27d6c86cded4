package dev.finetune4j.modelfiles.config;

/** How rotary position embeddings are stretched beyond the length that the model was first trained on. */
public sealed interface RopeScaling {
    /** Not stretched. */
    record None() implements RopeScaling {}

    /**
     * Positions divided by a factor.
     *
     * @param factor above 0
     */
    record Linear(double factor) implements RopeScaling {}

    /**
     * Llama 3.1's rule: low frequencies are divided by the factor, high ones stay, those between are mixed (<a
     * href="https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py">_compute_llama3_parameters</a>).
     *
     * @param factor divides low frequencies
     * @param lowFrequencyFactor wavelengths above original / this count as low
     * @param highFrequencyFactor wavelengths below original / this count as high
     * @param originalContextTokens the length that the model was first trained on
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContextTokens)
            implements RopeScaling {}

    /**
     * A divisor for each frequency, stored as a tensor (GGUF's {@code rope_freqs.weight}, [D / 2] floats).
     *
     * @param tensor the tensor's name
     */
    record PerFrequency(String tensor) implements RopeScaling {}

    /**
     * A rule that is not computed here.
     *
     * @param type its name, such as {@code yarn}
     */
    record Other(String type) implements RopeScaling {}
}
