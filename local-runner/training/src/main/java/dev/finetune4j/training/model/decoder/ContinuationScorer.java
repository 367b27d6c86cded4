package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * log p(continuation | text) for several continuations of one text: their first tokens from the text's last hidden state, the others
 * in one pass over all continuations laid side by side.
 */
final class ContinuationScorer {
    private static final int TOKENS_AT_ONCE = 256;

    private final TorchScript script;
    private final Value decoder;
    private final CachedDecoder cached;

    ContinuationScorer(TorchScript script, Value decoder, CachedDecoder cached) {
        this.script = script;
        this.decoder = decoder;
        this.cached = cached;
    }

    /**
     * Scores.
     *
     * @param weights the layers
     * @param past tokens of the text in the cache
     * @param last hidden states that end the text
     * @param continuations none empty
     * @return one sum a continuation, in nats
     */
    double[] score(Value weights, int past, Value last, List<int[]> continuations) {
        double[] sums = new double[continuations.size()];
        int[] firsts = continuations.stream().mapToInt(tokens -> tokens[0]).toArray();
        try (Value targets = script.integers(firsts);
                Value scores = script.call("last_log_likelihood", last, targets, decoder)) {
            float[] values = scores.toFloats();
            for (int i = 0; i < sums.length; i++) {
                sums[i] = values[i];
            }
        }
        List<Integer> group = new ArrayList<>();
        int tokens = 0;
        for (int i = 0; i < sums.length; i++) {
            int more = continuations.get(i).length - 1;
            if (tokens > 0 && tokens + more > TOKENS_AT_ONCE) {
                addRest(weights, past, continuations, group, sums);
                group.clear();
                tokens = 0;
            }
            if (more > 0) {
                group.add(i);
                tokens += more;
            }
        }
        if (!group.isEmpty()) {
            addRest(weights, past, continuations, group, sums);
        }
        return sums;
    }

    /** Adds the log-likelihoods of all tokens but the first. */
    private void addRest(Value weights, int past, List<int[]> continuations, List<Integer> group, double[] sums) {
        List<int[]> read = group.stream()
                .map(continuations::get)
                .map(tokens -> Arrays.copyOf(tokens, tokens.length - 1))
                .toList();
        int[] foretold = group.stream()
                .map(continuations::get)
                .flatMapToInt(tokens -> Arrays.stream(tokens).skip(1))
                .toArray();
        try (Value hidden = cached.branches(weights, read, past);
                Value targets = script.integers(foretold);
                Value scores = script.call("log_likelihood", hidden, targets, decoder)) {
            float[] values = scores.toFloats();
            int at = 0;
            for (int i = 0; i < group.size(); i++) {
                for (int t = 0; t < read.get(i).length; t++) {
                    sums[group.get(i)] += values[at++];
                }
            }
        }
    }
}
