package dev.finetune4j.training.model.decoder;

import dev.finetune4j.run.Sampling;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Chooses the next token: the likeliest at temperature 0, else a draw from softmax(logits / temperature), cut to the smallest set of
 * tokens that reaches top-p (nucleus sampling, <a href="https://arxiv.org/abs/1904.09751">Holtzman et al. 2019</a>). The generator is
 * Java's own and seeded, so that the same logits and seed give the same text on every machine.
 */
final class TokenSampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    TokenSampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
    }

    /**
     * The next token.
     *
     * @param logits [V]
     */
    int next(float[] logits) {
        int best = likeliest(logits);
        return sampling.temperature() == 0 ? best : draw(logits, logits[best]);
    }

    /** The token with the largest logit; of equals, the first. */
    private static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    private int draw(float[] logits, float largest) {
        double[] weights = new double[logits.length];
        double total = 0;
        for (int token = 0; token < weights.length; token++) {
            weights[token] = Math.exp((logits[token] - largest) / sampling.temperature());
            total += weights[token];
        }
        int[] byWeight = IntStream.range(0, weights.length)
                .boxed()
                .sorted((a, b) -> Double.compare(weights[b], weights[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        int kept = 0;
        double mass = 0;
        while (kept < byWeight.length && (kept == 0 || mass < sampling.topP() * total)) {
            mass += weights[byWeight[kept++]];
        }
        double point = random.nextDouble() * mass;
        for (int i = 0; i < kept; i++) {
            point -= weights[byWeight[i]];
            if (point < 0) {
                return byWeight[i];
            }
        }
        return byWeight[kept - 1];
    }
}
