package dev.finetune4j.training.model.decoder;

import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.training.model.LanguageModel.Answered;
import dev.finetune4j.training.model.LanguageModel.Asked;
import dev.finetune4j.training.model.LanguageModel.Generated;
import dev.finetune4j.training.model.SideBySide;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Speaks on after prompts, token by token. Several texts that go on from the same prefix are spoken side by side: a pass takes about as
 * long for many of them as for one, since it reads all weights from memory.
 */
final class Speaker {
    /** Texts at once. */
    static final int TEXTS = Predict.MOST_ROWS_BESIDE;

    /** Tokens of their prompts and answers, padded to the longest, whose keys and values are kept at once. */
    static final int TOKENS = Predict.MOST_TOKENS_WRITTEN_BESIDE;

    private final TorchScript script;
    private final CachedDecoder cached;
    private final DecoderStack stack;
    private final ContinuationScorer scorer;
    private final List<Integer> stopTokens;

    /**
     * Speaks with a model.
     *
     * @param script computes
     * @param cached its cache
     * @param stack its weights
     * @param scorer of the same cache and weights
     * @param stopTokens an answer ends before the first of these
     */
    Speaker(
            TorchScript script,
            CachedDecoder cached,
            DecoderStack stack,
            ContinuationScorer scorer,
            List<Integer> stopTokens) {
        this.script = script;
        this.cached = cached;
        this.stack = stack;
        this.scorer = scorer;
        this.stopTokens = stopTokens;
    }

    /**
     * Speaks one text.
     *
     * @param goesOn told each new token; whether to speak on
     */
    Generated speak(int[] prefix, int[] prompt, Sampling sampling, IntPredicate goesOn) {
        Text text = new Text(prompt, sampling, goesOn);
        text.hear(lastLogits(cached.read(stack, prefix, prompt)));
        speakOn(prefix, text);
        return text.generated();
    }

    /**
     * One answer a prompt, and how likely the right one was; the prompts are not empty.
     *
     * @param goesOn asked with each new token, of texts side by side once for all; whether to speak on
     * @return none at all where it was broken off, which leaves nothing but the prefix in the cache
     */
    List<Answered> answer(int[] prefix, List<Asked> asked, BooleanSupplier goesOn) {
        List<Answered> answers = new ArrayList<>();
        for (List<Asked> group : groups(asked)) {
            List<Answered> ofGroup =
                    group.size() == 1 ? answerAlone(prefix, group.get(0), goesOn) : answerBeside(prefix, group, goesOn);
            if (ofGroup.isEmpty()) {
                return List.of();
            }
            answers.addAll(ofGroup);
        }
        return answers;
    }

    /** The prompt that was scored stands in the cache. */
    private List<Answered> answerAlone(int[] prefix, Asked asked, BooleanSupplier goesOn) {
        double logLikelihood =
                scorer.score(prefix, List.of(asked.alternatives())).get(0)[0];
        Text text = new Text(asked.prompt(), asked.sampling(), token -> goesOn.getAsBoolean());
        speakOn(prefix, text);
        return text.isBrokenOff ? List.of() : List.of(new Answered(logLikelihood, text.generated()));
    }

    private void speakOn(int[] prefix, Text text) {
        int past = prefix.length + text.prompt.length;
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
    private static List<List<Asked>> groups(List<Asked> asked) {
        List<List<Asked>> groups = new ArrayList<>();
        SideBySide beside = new SideBySide(TOKENS);
        int first = 0;
        for (int i = 0; i < asked.size(); i++) {
            int room = room(asked.get(i).prompt(), asked.get(i).sampling());
            if (!beside.take(room)) {
                groups.add(asked.subList(first, i));
                first = i;
                beside = new SideBySide(TOKENS);
                beside.take(room);
            }
        }
        if (first < asked.size()) {
            groups.add(asked.subList(first, asked.size()));
        }
        return groups;
    }

    /** Tokens whose keys and values are computed of a text; those of its last new one are not. */
    private static int room(int[] prompt, Sampling sampling) {
        return prompt.length + sampling.maxNewTokens() - 1;
    }

    private List<Answered> answerBeside(int[] prefix, List<Asked> group, BooleanSupplier goesOn) {
        List<Text> texts = group.stream()
                .map(asked -> new Text(asked.prompt(), asked.sampling(), token -> true))
                .toList();
        int room = texts.stream().mapToInt(text -> text.room).max().orElseThrow();
        double[] logLikelihoods;
        try (Value own = cached.beside(stack, group.size(), room)) {
            logLikelihoods = scorer.scoreApart(
                    prefix, group.stream().map(Asked::alternatives).toList(), own);
            List<Text> kept = texts;
            for (List<Text> speaking = speaking(kept); !speaking.isEmpty(); speaking = speaking(kept)) {
                if (!goesOn.getAsBoolean()) {
                    return List.of();
                }
                if (2 * speaking.size() <= kept.size()) {
                    cached.select(own, kept.size(), places(speaking, kept));
                    kept = speaking;
                }
                step(prefix.length, kept, own);
            }
        }
        return IntStream.range(0, group.size())
                .mapToObj(i -> new Answered(logLikelihoods[i], texts.get(i).generated()))
                .toList();
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
        private final int room;
        private final IntPredicate listener;
        private int length;
        private boolean isComplete;
        private boolean isBrokenOff;

        Text(int[] prompt, Sampling sampling, IntPredicate listener) {
            this.prompt = prompt;
            this.listener = listener;
            sampler = new TokenSampler(sampling);
            spoken = new int[sampling.maxNewTokens()];
            room = Speaker.room(prompt, sampling);
        }

        void hear(float[] logits) {
            int token = sampler.next(logits);
            if (stopTokens.contains(token)) {
                isComplete = true;
            } else {
                spoken[length++] = token;
                isBrokenOff = !listener.test(token) && length < spoken.length; // the last allowed token ends it whole
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
            return Math.min(prompt.length + length, room) - 1;
        }

        Generated generated() {
            return new Generated(Arrays.copyOf(spoken, length), isComplete);
        }
    }
}
