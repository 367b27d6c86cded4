package dev.finetune4j.training.model;

import dev.finetune4j.run.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * One causal language model in memory.
 *
 * <p>The model is the base model, or base plus adapter after {@link #useAdapter(boolean)}; a fresh model has its adapter on, and a
 * fresh LoRA adapter changes nothing since its B factors are zero.
 */
public interface LanguageModel extends TrainableModel {
    /** Turns the adapter on or off for everything that follows. */
    void useAdapter(boolean on);

    /**
     * Log-likelihoods of continuations of prompts, summed over each continuation's tokens. What the continuations of a prompt begin
     * with in common is computed once, as is the prompt; so is {@code prefix}, for all calls with an equal one.
     *
     * @param prefix tokens that all prompts begin with (few-shot examples), may be empty
     * @param prompts prompts with their continuations; those of short prompts are computed side by side
     * @return for each prompt one sum a continuation, in nats
     */
    List<double[]> scoreContinuations(int[] prefix, List<Alternatives> prompts);

    /**
     * A prompt and what may follow it.
     *
     * @param prompt tokens after the prefix
     * @param continuations at least one, each not empty
     */
    @SuppressWarnings("ArrayRecordComponent") // not changed by those who read it
    record Alternatives(int[] prompt, List<int[]> continuations) {
        /** Refuses what has no score. */
        public Alternatives {
            continuations = List.copyOf(continuations);
            if (continuations.isEmpty()) {
                throw new IllegalArgumentException("continuations must name at least one, was empty");
            }
            if (continuations.stream().anyMatch(continuation -> continuation.length == 0)) {
                throw new IllegalArgumentException("continuations must not be empty, one was");
            }
        }
    }

    /**
     * Speaks on after a prompt, with a cache of keys and values.
     *
     * @param prefix tokens that many prompts begin with, may be empty
     * @param prompt tokens after the prefix
     * @param stopTokens the answer ends before the first of these
     * @param sampling how the next token is chosen
     * @param goesOn told each new token; whether to speak on
     * @return the new tokens, without the stop token
     */
    Generated generate(int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling, IntPredicate goesOn);

    /** Speaks on to the end of the answer. */
    default Generated generate(int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling) {
        return generate(prefix, prompt, stopTokens, sampling, token -> true);
    }

    /**
     * Takes the likelihood of right answers and speaks on after the same prompts: each prompt is read once, and texts are spoken side by
     * side, where the model can.
     *
     * @param prefix tokens that all prompts begin with, may be empty
     * @param asked prompts with their right answers
     * @param stopTokens an answer ends before the first of these
     * @param goesOn asked with each new token, of texts side by side once for all; whether to speak on. What has all its tokens is whole,
     *     whatever the answer
     * @return one answer a prompt; none at all where it was broken off
     */
    default List<Answered> answer(int[] prefix, List<Asked> asked, List<Integer> stopTokens, BooleanSupplier goesOn) {
        List<double[]> logLikelihoods = scoreContinuations(
                prefix, asked.stream().map(Asked::alternatives).toList());
        List<Answered> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Asked each = asked.get(i);
            Generated spoken =
                    generate(prefix, each.prompt(), stopTokens, each.sampling(), token -> goesOn.getAsBoolean());
            boolean isWhole = spoken.complete()
                    || spoken.tokenIds().length == each.sampling().maxNewTokens();
            if (!isWhole) {
                return List.of();
            }
            answers.add(new Answered(logLikelihoods.get(i)[0], spoken));
        }
        return answers;
    }

    /** Speaks on to the end of all answers. */
    default List<Answered> answer(int[] prefix, List<Asked> asked, List<Integer> stopTokens) {
        return answer(prefix, asked, stopTokens, () -> true);
    }

    /**
     * A prompt with its right answer.
     *
     * @param prompt tokens after the prefix
     * @param reference tokens of the right answer, not empty
     * @param sampling how the next token is chosen
     */
    @SuppressWarnings("ArrayRecordComponent") // not changed by those who read it
    record Asked(int[] prompt, int[] reference, Sampling sampling) {
        /** The right answer as the one continuation of the prompt. */
        public Alternatives alternatives() {
            return new Alternatives(prompt, List.of(reference));
        }
    }

    /**
     * What a model makes of a prompt.
     *
     * @param logLikelihood of the right answer, in nats, summed over its tokens
     * @param spoken what the model says itself
     */
    record Answered(double logLikelihood, Generated spoken) {}

    /**
     * What {@link #generate} gives.
     *
     * @param tokenIds the new tokens
     * @param complete whether a stop token came before the token limit
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh for the caller
    record Generated(int[] tokenIds, boolean complete) {}
}
