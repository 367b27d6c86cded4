package dev.finetune4j.training.model;

import dev.finetune4j.run.Sampling;
import java.nio.file.Path;
import java.util.List;

/**
 * One causal language model in memory with the vector of its trainable parameters. One thread at a time; the thread that calls is
 * the thread that computes.
 *
 * <p>The model is the base model, or base plus adapter after {@link #useAdapter(boolean)}; a fresh model has its adapter on, and a
 * fresh LoRA adapter changes nothing since its B factors are zero.
 */
public interface LanguageModel extends AutoCloseable {
    /** Parameters of the base model. */
    long parameters();

    /** Length of the trainable vector. */
    long trainableParameters();

    /** Turns the adapter on or off for everything that follows. */
    void useAdapter(boolean on);

    /**
     * Forward and backward of one micro-batch; adds the gradient of {@code scale} times the summed loss to the gradient vector.
     *
     * @param batch the micro-batch
     * @param scale usually 1 / counted targets of the whole optimizer step
     * @param dropoutSeed decides the dropout masks of this micro-batch; the same seed gives the same masks
     * @return summed negative log-likelihood of the counted targets, in nats
     */
    double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed);

    /** Summed negative log-likelihood of the counted targets, in nats; no dropout, nothing kept. */
    double loss(TokenBatch batch);

    /** L2 norm of the gradient vector. */
    double gradientNorm();

    /**
     * One AdamW step (<a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter 2019</a>; beta 0.9 and 0.999, epsilon
     * 1e-8, as torch.optim.AdamW) over the trainable vector; then the gradient is zero again.
     *
     * @param step step from 1, for the bias correction
     * @param learningRate of this step
     * @param weightDecay decoupled
     * @param gradientScale multiplies the gradient first; below 1 where it is clipped
     */
    void step(int step, double learningRate, double weightDecay, double gradientScale);

    /**
     * Writes trainable parameters and both Adam moments, bit for bit, as one safetensors file. The caller makes it durable.
     */
    void writeState(Path file);

    /**
     * Reads what {@link #writeState} wrote.
     *
     * @throws dev.finetune4j.error.FineTuneException if the file is damaged or belongs to another model or adapter
     */
    void readState(Path file);

    /** Writes the adapter in PEFT format ({@code adapter_config.json}, {@code adapter_model.safetensors}) into a folder. */
    void writeAdapter(Path folder);

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
     * @return the new tokens, without the stop token
     */
    Generated generate(int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling);

    /**
     * What {@link #generate} gives.
     *
     * @param tokenIds the new tokens
     * @param complete whether a stop token came before the token limit
     */
    @SuppressWarnings("ArrayRecordComponent") // made fresh for the caller
    record Generated(int[] tokenIds, boolean complete) {}

    @Override
    void close();
}
