package dev.finetune4j.modelfiles.config;

import java.util.List;

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
     * YaRN (Peng et al. 2023, <a href="https://arxiv.org/abs/2309.00071">2309.00071</a>): frequencies that turn often stay, those
     * that turn seldom are divided by the factor, a ramp mixes those between; cosines and sines are scaled.
     *
     * @param factor divides low frequencies
     * @param fastTurns frequencies with more turns over the original length stay
     * @param slowTurns frequencies with fewer turns are divided
     * @param originalContextTokens the length that the model was first trained on
     * @param wholeBounds whether the ends of the ramp are rounded outward to whole dimensions
     * @param magnitude factor of cosines and sines
     */
    record Yarn(
            double factor,
            double fastTurns,
            double slowTurns,
            int originalContextTokens,
            boolean wholeBounds,
            double magnitude)
            implements RopeScaling {}

    /**
     * LongRoPE (Ding et al. 2024, <a href="https://arxiv.org/abs/2402.13753">2402.13753</a>), for texts up to the original length.
     *
     * @param divisors one for each frequency, for such texts
     * @param originalContextTokens the length that the model was first trained on; longer texts want other divisors
     * @param magnitude factor of cosines and sines
     */
    record LongRope(List<Double> divisors, int originalContextTokens, double magnitude) implements RopeScaling {
        /** Copies the list. */
        public LongRope {
            divisors = List.copyOf(divisors);
        }
    }

    /**
     * A divisor for each frequency, stored as a tensor (GGUF's {@code rope_freqs.weight}, [D / 2] floats).
     *
     * @param tensor the tensor's name
     */
    record PerFrequency(String tensor) implements RopeScaling {}

    /**
     * A rule that is not computed here.
     *
     * @param type its name, such as {@code dynamic}
     */
    record Other(String type) implements RopeScaling {}
}
