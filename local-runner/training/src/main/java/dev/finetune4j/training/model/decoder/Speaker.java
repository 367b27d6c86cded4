package dev.finetune4j.training.model.decoder;

import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel.Generated;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Speaks on after prompts, token by token. Several texts that go on from the same prefix are spoken side by side: a pass takes about as
 * long for many of them as for one, since it reads all weights from memory. Prompts are read one after the other.
 */
final class Speaker {
    /** Texts at once. */
    static final int TEXTS = 16;

    /** Tokens of their prompts and answers, padded to the longest, whose keys and values are kept at once. */
    static final int TOKENS = 2048;

    private final TorchScript script;
    private final CachedDecoder cached;
    private final DecoderStack stack;
    private final List<Integer> stopTokens;

    /**
     * Speaks with a model.
     *
     * @param script computes
     * @param cached its cache
     * @param stack its weights
     * @param stopTokens an answer ends before the first of these
     */
    Speaker(TorchScript script, CachedDecoder cached, DecoderStack stack, List<Integer> stopTokens) {
        this.script = script;
        this.cached = cached;
        this.stack = stack;
        this.stopTokens = stopTokens;
    }

    /**
     * Speaks one text.
     *
     * @param goesOn told each new token; whether to speak on
     */
    Generated speak(int[] prefix, int[] prompt, Sampling sampling, IntPredicate goesOn) {
        Text text = new Text(prompt, sampling, goesOn);
        speakAlone(prefix, text);
        return text.generated();
    }

    /** One answer a prompt, the prompts not empty. */
    List<Generated> speak(int[] prefix, List<int[]> prompts, List<Sampling> samplings) {
        List<Text> texts = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Text(prompts.get(i), samplings.get(i), token -> true))
                .toList();
        for (List<Text> group : groups(texts)) {
            if (group.size() == 1) {
                speakAlone(prefix, group.get(0)); // spares a copy of what is read
            } else {
                speakBeside(prefix, group);
            }
        }
        return texts.stream().map(Text::generated).toList();
    }

    private void speakAlone(int[] prefix, Text text) {
        int past = prefix.length + text.prompt.length;
        text.hear(lastLogits(cached.read(stack, prefix, text.prompt, 1)));
        while (text.goesOn()) {
            text.hear(lastLogits(cached.append(stack, new int[] {text.last()}, past + text.length - 1)));
        }
    }

    private float[] lastLogits(Value hidden) {
        try (hidden;
                Value logits = script.call("last_logits", hidden, stack.decoder())) {
            return logits.toFloats();
        }
    }

    /** Neighbours whose texts have room beside each other, at least one of them. */
    private static List<List<Text>> groups(List<Text> texts) {
        List<List<Text>> groups = new ArrayList<>();
        List<Text> group = new ArrayList<>();
        int longest = 0;
        for (Text text : texts) {
            int longer = Math.max(longest, text.room());
            if (!group.isEmpty() && (group.size() == TEXTS || (group.size() + 1L) * longer > TOKENS)) {
                groups.add(group);
                group = new ArrayList<>();
                longer = text.room();
            }
            group.add(text);
            longest = longer;
        }
        groups.add(group);
        return groups;
    }

    private void speakBeside(int[] prefix, List<Text> group) {
        int room = group.stream().mapToInt(Text::room).max().orElseThrow();
        Value own = cached.beside(stack, group.size(), room);
        try {
            for (int i = 0; i < group.size(); i++) {
                Text text = group.get(i);
                text.hear(lastLogits(cached.read(stack, prefix, text.prompt, 0)));
                cached.keepApart(prefix.length, text.prompt.length, own, i);
            }
            List<Text> kept = group;
            for (List<Text> speaking = speaking(kept); !speaking.isEmpty(); speaking = speaking(kept)) {
                if (2 * speaking.size() <= kept.size()) {
                    Value fewer = cached.select(own, kept.size(), places(speaking, kept));
                    own.close();
                    own = fewer;
                    kept = speaking;
                }
                step(prefix.length, kept, own);
            }
        } finally {
            own.close();
        }
    }

    private static List<Text> speaking(List<Text> texts) {
        return texts.stream().filter(Text::goesOn).toList();
    }

    private static int[] places(List<Text> some, List<Text> all) {
        return some.stream().mapToInt(all::indexOf).toArray();
    }

    /** A token of each; one that has ended is computed beside the others, at its last place, and not heard. */
    private void step(int past, List<Text> texts, Value own) {
        int[] tokens = texts.stream().mapToInt(Text::last).toArray();
        int[] positions =
                texts.stream().mapToInt(text -> past + text.lastPlace()).toArray();
        try (Value hidden = cached.extendBeside(stack, tokens, positions, past, own);
                Value logits = script.call("each_logits", hidden, stack.decoder())) {
            float[] all = logits.toFloats();
            int width = all.length / texts.size();
            for (int i = 0; i < texts.size(); i++) {
                if (texts.get(i).goesOn()) {
                    texts.get(i).hear(Arrays.copyOfRange(all, i * width, (i + 1) * width));
                }
            }
        }
    }

    /** A prompt and what is spoken after it. */
    private final class Text {
        private final int[] prompt;
        private final TokenSampler sampler;
        private final int[] spoken;
        private final IntPredicate listener;
        private int length;
        private boolean isComplete;
        private boolean isBrokenOff;

        Text(int[] prompt, Sampling sampling, IntPredicate listener) {
            this.prompt = prompt;
            this.listener = listener;
            sampler = new TokenSampler(sampling);
            spoken = new int[sampling.maxNewTokens()];
        }

        /** Tokens whose keys and values are computed; those of the last new one are not. */
        int room() {
            return prompt.length + spoken.length - 1;
        }

        void hear(float[] logits) {
            int token = sampler.next(logits);
            if (stopTokens.contains(token)) {
                isComplete = true;
            } else {
                spoken[length++] = token;
                isBrokenOff = !listener.test(token);
            }
        }

        boolean goesOn() {
            return !isComplete && !isBrokenOff && length < spoken.length;
        }

        /** The token that is read next; the last of the prompt where nothing was spoken. */
        int last() {
            return length == 0 ? prompt[prompt.length - 1] : spoken[length - 1];
        }

        /** Its place behind the prefix, one that there is room for. */
        int lastPlace() {
            return Math.min(prompt.length + length, room()) - 1;
        }

        Generated generated() {
            return new Generated(Arrays.copyOf(spoken, length), isComplete);
        }
    }
}
