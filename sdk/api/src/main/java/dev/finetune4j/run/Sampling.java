package dev.finetune4j.run;

import dev.finetune4j.value.Checks;

/**
 * How the next token is chosen.
 *
 * @param maxNewTokens longest answer in tokens
 * @param temperature divides the logits; 0 for the likeliest token (greedy)
 * @param topP smallest set of tokens whose probability reaches this is drawn from; 1 for all
 * @param seed of the draw
 */
public record Sampling(int maxNewTokens, double temperature, double topP, long seed) {
    /** Checks every range. */
    public Sampling {
        Checks.inRange("max-new-tokens", maxNewTokens, 1, 32768);
        Checks.inRange("temperature", temperature, 0, 10);
        Checks.inRange("top-p", topP, 0, 1);
    }

    /** The likeliest token each time. */
    public static Sampling greedy(int maxNewTokens) {
        return new Sampling(maxNewTokens, 0, 1, 0);
    }

    /** The same with at most so many new tokens. */
    public Sampling withAtMost(int tokens) {
        return new Sampling(Math.min(maxNewTokens, tokens), temperature, topP, seed);
    }
}
