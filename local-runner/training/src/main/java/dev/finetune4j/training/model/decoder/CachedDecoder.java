package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decoder with a cache of keys and values, for scoring and speaking. The rows of the cache are one text: first the prefix, which
 * stays for as long as the callers give the same one, then a prompt, then what follows; each later part overwrites what an earlier
 * call left there.
 */
final class CachedDecoder {
    /** Tokens computed at once: enough for a full matrix product, few enough for a small score matrix. */
    static final int PIECE = 256;

    private final TorchScript script;
    private final Value decoder;
    private final int layers;
    private final int firstCapacity;
    private final Positions positions;
    private int[] cachedPrefix = {};
    private int capacity;
    private @Nullable Value cache;

    /**
     * Starts without a cache.
     *
     * @param firstCapacity tokens of the longest text that is foreseen; a longer one makes the cache grow
     */
    CachedDecoder(TorchScript script, Value decoder, int layers, int firstCapacity, Positions positions) {
        this.script = script;
        this.decoder = decoder;
        this.layers = layers;
        this.firstCapacity = firstCapacity;
        this.positions = positions;
    }

    /** Forgets the prefix: must follow each change of the weights. */
    void weightsChanged() {
        cachedPrefix = new int[0];
    }

    /**
     * Computes prefix, unless it is there, and prompt.
     *
     * @param weights the layers
     * @param room tokens that will follow
     * @return hidden states of the last tokens of the text, of which the last one counts
     */
    Value read(Value weights, int[] prefix, int[] prompt, int room) {
        if (prompt.length == 0 && prefix.length == 0) {
            throw new IllegalArgumentException("prefix and prompt must not both be empty");
        }
        int kept = prompt.length == 0 ? prefix.length - 1 : prefix.length;
        int[] head = Arrays.copyOf(prefix, kept);
        int[] tail = prompt.length == 0 ? new int[] {prefix[kept]} : prompt;
        reserve(kept + tail.length + room);
        if (!Arrays.equals(head, cachedPrefix)) {
            cachedPrefix = new int[0];
            if (head.length > 0) {
                append(weights, head, 0).close();
            }
            cachedPrefix = head;
        }
        return append(weights, tail, kept);
    }

    /** Computes tokens after the first {@code past} ones of the cache; hidden states of the last piece. */
    Value append(Value weights, int[] tokens, int past) {
        int start = 0;
        while (tokens.length - start > PIECE) {
            extend(weights, Arrays.copyOfRange(tokens, start, start + PIECE), past + start)
                    .close();
            start += PIECE;
        }
        return extend(weights, Arrays.copyOfRange(tokens, start, tokens.length), past + start);
    }

    private Value extend(Value weights, int[] tokens, int past) {
        return branches(weights, List.of(tokens), past);
    }

    /**
     * Computes several continuations of the same {@code past} tokens side by side; they do not see each other.
     *
     * @return hidden states [n, C] of all their tokens, end to end
     */
    Value branches(Value weights, List<int[]> continuations, int past) {
        int n = continuations.stream().mapToInt(tokens -> tokens.length).sum();
        int[] ids = new int[n];
        int[] at = new int[n];
        float[] mask = new float[Math.multiplyExact(n, n)];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        int begin = 0;
        for (int[] tokens : continuations) {
            System.arraycopy(tokens, 0, ids, begin, tokens.length);
            for (int t = 0; t < tokens.length; t++) {
                at[begin + t] = past + t;
                int row = (begin + t) * n;
                Arrays.fill(mask, row + begin, row + begin + t + 1, 0f);
            }
            begin += tokens.length;
        }
        Value room = reserve(past + n);
        try (Value idsTensor = script.integers(ids);
                Value maskTensor = script.floats(mask, n, n);
                Value place = positions.place(at, new int[] {1, n}, -1)) {
            return script.call("extend", idsTensor, past, maskTensor, place, decoder, weights, room);
        }
    }

    private Value reserve(int tokens) {
        Value old = cache;
        if (old != null && tokens <= capacity) {
            return old;
        }
        int grown = Math.max(firstCapacity, Math.max(tokens, 2 * capacity));
        Value fresh = script.call("cache", decoder, layers, grown);
        if (old != null) {
            script.call("copy_cache", old, fresh, capacity).close();
            old.close();
        }
        cache = fresh;
        capacity = grown;
        return fresh;
    }
}
