package dev.finetune4j.training.model.decoder;

import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The decoder with a cache of keys and values, for scoring and speaking. The rows of the cache are one text: first the prefix, which
 * stays for as long as the callers give the same one, then a prompt, then what follows; each later part overwrites what an earlier
 * call left there.
 */
final class CachedDecoder {
    /**
     * Tokens computed at once: enough that the weights' way from memory costs little, few enough for a small score matrix. Half as many took a
     * quarter more of a row of 384 tokens and 20 labels.
     */
    static final int TOKENS_AT_ONCE = Predict.MOST_TOKENS_OF_A_PASS;

    private final TorchScript script;
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
    CachedDecoder(TorchScript script, int layers, int firstCapacity, Positions positions) {
        this.script = script;
        this.layers = layers;
        this.firstCapacity = firstCapacity;
        this.positions = positions;
    }

    /** Forgets the prefix: must follow each change of the weights. */
    void weightsChanged() {
        cachedPrefix = new int[0];
    }

    /**
     * Computes prefix, unless it is there, and prompt, with room for one more token.
     *
     * @param stack the weights
     * @return hidden states of the last tokens of the text, of which the last one counts
     */
    Value read(DecoderStack stack, int[] prefix, int[] prompt) {
        if (prompt.length == 0 && prefix.length == 0) {
            throw new IllegalArgumentException("prefix and prompt must not both be empty");
        }
        int kept = prompt.length == 0 ? prefix.length - 1 : prefix.length;
        int[] tail = prompt.length == 0 ? new int[] {prefix[kept]} : prompt;
        reserve(stack, kept + tail.length + 1);
        keep(stack, Arrays.copyOf(prefix, kept));
        return append(stack, tail, kept);
    }

    /** Writes keys and values of a text's tokens, [n, L, 2, K, D], to a vector, and keeps nothing. */
    void start(DecoderStack stack, int[] text, Value target) {
        append(stack, text, 0).close();
        try (Value filled = Objects.requireNonNull(cache, "cache")) {
            script.call("start_trained_prefix", filled, text.length, target).close();
        }
        cache = null;
        capacity = 0;
    }

    /** Computes a prefix, unless it is there; where it goes on from the one that is, as in a conversation, what is new of it. */
    void keep(DecoderStack stack, int[] prefix) {
        if (Arrays.equals(prefix, cachedPrefix)) {
            return;
        }
        int known = isStart(cachedPrefix, prefix) ? cachedPrefix.length : 0;
        cachedPrefix = new int[0];
        if (prefix.length > known) {
            append(stack, Arrays.copyOfRange(prefix, known, prefix.length), known)
                    .close();
        }
        cachedPrefix = prefix;
    }

    private static boolean isStart(int[] start, int[] whole) {
        return start.length <= whole.length && Arrays.equals(start, 0, start.length, whole, 0, start.length);
    }

    /** Computes tokens after the first {@code past} ones of the cache; hidden states of the last piece. */
    Value append(DecoderStack stack, int[] tokens, int past) {
        int start = 0;
        while (tokens.length - start > TOKENS_AT_ONCE) {
            extend(stack, Arrays.copyOfRange(tokens, start, start + TOKENS_AT_ONCE), past + start)
                    .close();
            start += TOKENS_AT_ONCE;
        }
        return extend(stack, Arrays.copyOfRange(tokens, start, tokens.length), past + start);
    }

    private Value extend(DecoderStack stack, int[] tokens, int past) {
        return extend(stack, List.of(TokenTree.chain(tokens)), past);
    }

    /**
     * Computes texts that go on from the same {@code past} tokens; they do not see each other. The last one stays in the cache.
     *
     * @return hidden states [n, C] of all their nodes, end to end
     */
    Value extend(DecoderStack stack, List<TokenTree> texts, int past) {
        return extend(stack, texts, past, null, 0);
    }

    /**
     * The same, after which their tokens, as far as there is room, are the first that each has of its own.
     *
     * @param own those of several texts
     * @param text which of these the first one is; the others follow
     */
    Value extendApart(DecoderStack stack, List<TokenTree> texts, int past, Value own, int text) {
        return extend(stack, texts, past, own, text);
    }

    private Value extend(DecoderStack stack, List<TokenTree> texts, int past, @Nullable Value own, int text) {
        int[] ids = texts.stream()
                .flatMapToInt(tree -> Arrays.stream(tree.tokens()))
                .toArray();
        int[] at = texts.stream()
                .flatMapToInt(tree -> Arrays.stream(tree.positions(past)))
                .toArray();
        Value room = reserve(
                stack, past + texts.stream().mapToInt(TokenTree::size).max().orElse(0));
        List<Value> masks = new ArrayList<>();
        try (Value idsTensor = script.integers(ids);
                Value place = positions(at)) {
            texts.forEach(tree -> masks.add(script.floats(tree.mask(), tree.size(), tree.size())));
            return own == null
                    ? script.call("extend", idsTensor, past, masks, place, stack.decoder(), stack.layers(), room)
                    : script.call(
                            "extend_apart",
                            idsTensor,
                            past,
                            masks,
                            place,
                            stack.decoder(),
                            stack.layers(),
                            room,
                            own,
                            text);
        } finally {
            masks.forEach(Value::close);
        }
    }

    /** Room for the own tokens of texts that go on from the same prefix, at most so many each. */
    Value beside(DecoderStack stack, int texts, int tokens) {
        return script.call("cache_beside", stack.decoder(), layers, texts, tokens);
    }

    /** Makes the {@code tokens} behind the first {@code past} ones of the cache the first that a text has of its own. */
    void keepApart(int past, int tokens, Value own, int text) {
        script.call("keep_apart", Objects.requireNonNull(cache, "cache"), past, past + tokens, own, text)
                .close();
    }

    /** Leaves the own tokens of some of several texts, in that order. */
    void select(Value own, int texts, int[] selected) {
        try (Value places = script.integers(selected)) {
            script.call("select", own, texts, places).close();
        }
    }

    /**
     * Computes one more token of each of several texts that go on from the same {@code past} tokens of the cache.
     *
     * @param tokens [t]
     * @param positions [t] in the text of each
     * @param own their own tokens, which the new ones are put to
     * @return hidden states [t, C]
     */
    Value extendBeside(DecoderStack stack, int[] tokens, int[] positions, int past, Value own) {
        int longest = Arrays.stream(positions).max().orElseThrow() + 1;
        try (Value ids = script.integers(tokens);
                Value place = positions(positions)) {
            return script.call(
                    "extend_beside",
                    ids,
                    past,
                    own,
                    longest,
                    place,
                    stack.decoder(),
                    stack.layers(),
                    Objects.requireNonNull(cache, "cache"));
        }
    }

    private Value positions(int[] at) {
        return positions.place(at, 0, new int[] {1, at.length}, -1);
    }

    private Value reserve(DecoderStack stack, int tokens) {
        Value old = cache;
        if (old != null && tokens <= capacity) {
            return old;
        }
        int grown = Math.max(firstCapacity, Math.max(tokens, 2 * capacity));
        Value fresh = script.call("cache", stack.decoder(), layers, grown);
        if (old != null) {
            script.call("copy_cache", old, fresh, capacity).close();
            old.close();
        }
        cache = fresh;
        capacity = grown;
        return fresh;
    }
}
