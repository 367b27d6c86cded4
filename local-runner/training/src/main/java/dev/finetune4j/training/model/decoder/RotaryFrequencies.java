package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.RopeScaling;

/**
 * The angle by which each pair of numbers of a head turns from one position to the next: theta^(-2 i / D), stretched as the model's
 * configuration says (<a
 * href="https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py">modeling_rope_utils.py</a>).
 */
final class RotaryFrequencies {
    private RotaryFrequencies() {}

    /**
     * Frequencies of a model.
     *
     * @param theta base
     * @param headWidth D
     * @param scaling how they are stretched; {@code PerFrequency} and {@code Other} are not for this method
     * @return [D/2]
     */
    static float[] of(double theta, int headWidth, RopeScaling scaling) {
        float[] frequencies = new float[headWidth / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = 1 / Math.pow(theta, 2.0 * i / headWidth);
            frequencies[i] = (float) stretched(frequency, scaling);
        }
        return frequencies;
    }

    /** Frequencies divided by a stored divisor each. */
    static float[] divided(double theta, int headWidth, float[] divisors) {
        float[] frequencies = of(theta, headWidth, new RopeScaling.None());
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= divisors[i];
        }
        return frequencies;
    }

    private static double stretched(double frequency, RopeScaling scaling) {
        if (scaling instanceof RopeScaling.Linear linear) {
            return frequency / linear.factor();
        }
        if (scaling instanceof RopeScaling.Llama3 llama3) {
            return llama3(frequency, llama3);
        }
        return frequency;
    }

    private static double llama3(double frequency, RopeScaling.Llama3 rule) {
        double turns = rule.originalContextTokens() * frequency / (2 * Math.PI);
        if (turns < rule.lowFrequencyFactor()) {
            return frequency / rule.factor();
        }
        if (turns > rule.highFrequencyFactor()) {
            return frequency;
        }
        double high = (turns - rule.lowFrequencyFactor()) / (rule.highFrequencyFactor() - rule.lowFrequencyFactor());
        return (1 - high) * frequency / rule.factor() + high * frequency;
    }
}
