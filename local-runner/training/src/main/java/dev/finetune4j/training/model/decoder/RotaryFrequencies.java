package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.RopeScaling;

/**
 * The angle by which each pair of numbers of a head turns from one position to the next: theta^(-2 i / D), stretched as the model's
 * configuration says (<a
 * href="https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py">modeling_rope_utils.py</a>).
 *
 * @param perPair [D/2], or fewer where only the first numbers of a head turn
 * @param magnitude factor of cosines and sines, 1 in most models
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read into a table
record RotaryFrequencies(float[] perPair, double magnitude) {
    /**
     * Frequencies of a model.
     *
     * @param theta base
     * @param width D, or how many numbers of a head turn
     * @param scaling how they are stretched; {@code PerFrequency} and {@code Other} are not for this method
     */
    static RotaryFrequencies of(double theta, int width, RopeScaling scaling) {
        float[] frequencies = new float[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = 1 / Math.pow(theta, 2.0 * i / width);
            frequencies[i] = (float) stretched(i, frequency, theta, width, scaling);
        }
        return new RotaryFrequencies(frequencies, magnitude(scaling));
    }

    /** Frequencies divided by a stored divisor each. */
    static RotaryFrequencies divided(double theta, int width, float[] divisors) {
        float[] frequencies = of(theta, width, new RopeScaling.None()).perPair();
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= divisors[i];
        }
        return new RotaryFrequencies(frequencies, 1);
    }

    /** What each frequency that is not stretched must be divided by; the inverse of {@link #divided}. */
    static float[] divisors(double theta, int width, RopeScaling scaling) {
        float[] divisors = new float[width / 2];
        for (int i = 0; i < divisors.length; i++) {
            double frequency = 1 / Math.pow(theta, 2.0 * i / width);
            divisors[i] = (float) (frequency / stretched(i, frequency, theta, width, scaling));
        }
        return divisors;
    }

    private static double magnitude(RopeScaling scaling) {
        if (scaling instanceof RopeScaling.Yarn yarn) {
            return yarn.magnitude();
        }
        return scaling instanceof RopeScaling.LongRope longRope ? longRope.magnitude() : 1;
    }

    private static double stretched(int i, double frequency, double theta, int width, RopeScaling scaling) {
        if (scaling instanceof RopeScaling.Linear linear) {
            return frequency / linear.factor();
        }
        if (scaling instanceof RopeScaling.Llama3 llama3) {
            return llama3(frequency, llama3);
        }
        if (scaling instanceof RopeScaling.Yarn yarn) {
            return yarn(i, frequency, theta, width, yarn);
        }
        if (scaling instanceof RopeScaling.LongRope longRope) {
            return frequency / longRope.divisors().get(i);
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

    private static double yarn(int i, double frequency, double theta, int width, RopeScaling.Yarn rule) {
        double low = pairOf(rule.fastTurns(), theta, width, rule);
        double high = pairOf(rule.slowTurns(), theta, width, rule);
        if (rule.wholeBounds()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, width - 1.0);
        double span = high == low ? 0.001 : high - low;
        double slow = Math.min(1, Math.max(0, (i - low) / span));
        return frequency / rule.factor() * slow + frequency * (1 - slow);
    }

    /** The pair, a fraction of one too, that makes so many turns over the original length. */
    private static double pairOf(double turns, double theta, int width, RopeScaling.Yarn rule) {
        return width * Math.log(rule.originalContextTokens() / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
}
