package dev.finetune4j.training.model;

import java.nio.file.Path;

/**
 * A model in memory with the vector of its trainable parameters: what training needs of it, whatever it answers. One thread at a time;
 * the thread that calls is the thread that computes.
 */
public interface TrainableModel extends AutoCloseable {
    /** Share of AdamW's first moment that stays, as {@code adamw.ts.py} has it. */
    double BETA1 = 0.9;

    /** Share of AdamW's second moment that stays. */
    double BETA2 = 0.999;

    /** Added to the root of AdamW's second moment. */
    double EPSILON = 1e-8;

    /** Parameters of the base model. */
    long parameters();

    /** Length of the trainable vector. */
    long trainableParameters();

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

    @Override
    void close();
}
