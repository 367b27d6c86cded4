package dev.finetune4j.job;

import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Range;

/**
 * How long, how fast and in what portions to train.
 *
 * @param epochs passes over the training rows; a fraction ends within a pass
 * @param batchSize rows of a micro-batch
 * @param gradientAccumulation micro-batches of an optimizer step
 * @param learningRate peak learning rate; 0 for the method's own, {@link TuningMethod#defaultLearningRate()}
 * @param schedule how the learning rate goes after warm-up
 * @param warmupRatio share of the steps in which the learning rate rises from zero
 * @param weightDecay of AdamW, decoupled
 * @param maxGradientNorm gradients are scaled down to this L2 norm; 0 for no clipping
 * @param maxTokens rows are cut to so many tokens; 0 for the model's length
 * @param packing fill micro-batches up to {@code batchSize * maxTokens} tokens with whole rows instead of counting rows
 * @param precision number format of weights and activations
 * @param recompute gradient checkpointing
 * @param evaluateEvery optimizer steps between validation losses; 0 for once per epoch
 * @param earlyStoppingPatience validations without improvement before training stops; 0 for never
 * @param checkpointEvery optimizer steps between checkpoints; 0 for after the first step and then as often as pays: at least every 5
 *     minutes, for at most 3.5 % of the time
 * @param threads compute threads; 0 for the physical cores
 * @param seed of adapter start, shuffling and dropout
 */
@Describe("How long, how fast and in what portions to train.")
public record TrainingSpec(
        @Describe("Passes over the training rows.") @Range(min = 0.01, max = 1000)
        double epochs,

        @Describe("Rows of a micro-batch.") @Range(min = 1, max = 4096)
        int batchSize,

        @Describe("Micro-batches of an optimizer step.") @Range(min = 1, max = 4096)
        int gradientAccumulation,

        @Describe(
                "Peak learning rate; 0 for the method's own: 2e-4 with lora, 2e-5 with full, 1e-3 with head, 3e-2 with prompt-tuning, 1e-2 with prefix-tuning.")
        @Range(min = 0, max = 1)
        double learningRate,

        @Describe("How the learning rate goes after warm-up: cosine, linear or constant.")
        Schedule schedule,

        @Describe("Share of the steps in which the learning rate rises from zero.") @Range(min = 0, max = 1)
        double warmupRatio,

        @Describe("Decoupled weight decay of AdamW.") @Range(min = 0, max = 1)
        double weightDecay,

        @Describe("Gradients are scaled down to this L2 norm; 0 for no clipping.") @Range(min = 0)
        double maxGradientNorm,

        @Describe("Rows are cut to so many tokens; 0 for the model's length.") @Range(min = 0)
        int maxTokens,

        @Describe("Fill micro-batches with whole rows up to batch-size x max-tokens tokens.")
        boolean packing,

        @Describe(
                "Number format of weights and activations: fp32, bf16, or auto, which trains in what the processor is fastest in and evaluates in fp32 where the memory holds it.")
        Precision precision,

        @Describe("What the backward pass computes again to save memory: auto, none, feed-forward or layer.")
        Recompute recompute,

        @Describe("Optimizer steps between validation losses; 0 for once per epoch.") @Range(min = 0)
        int evaluateEvery,

        @Describe("Validations without improvement before training stops; 0 for never.") @Range(min = 0)
        int earlyStoppingPatience,

        @Describe(
                "Optimizer steps between checkpoints; 0 for after the first step and then as often as pays: at least every 5 minutes, for at most 3.5 % of the time.")
        @Range(min = 0)
        int checkpointEvery,

        @Describe("Compute threads; 0 for the physical cores.") @Range(min = 0, max = 1024)
        int threads,

        @Describe("Seed of adapter start, shuffling and dropout.")
        long seed) {
    /** Default epochs: instruction data seldom gains after three passes. */
    public static final double DEFAULT_EPOCHS = 3;

    /** Default rows of a micro-batch. */
    public static final int DEFAULT_BATCH_SIZE = 8;

    /** Default share of warm-up steps. */
    public static final double DEFAULT_WARMUP_RATIO = 0.05;

    /** Default clipping norm, as in nearly every published recipe. */
    public static final double DEFAULT_MAX_GRADIENT_NORM = 1.0;

    /** Default length of a row in tokens. */
    public static final int DEFAULT_MAX_TOKENS = 1024;

    /** Default seed. */
    public static final long DEFAULT_SEED = 17;

    /** Checks every range. */
    public TrainingSpec {
        Checks.inRange("training.epochs", epochs, 0.01, 1000);
        Checks.inRange("training.batch-size", batchSize, 1, 4096);
        Checks.inRange("training.gradient-accumulation", gradientAccumulation, 1, 4096);
        Checks.inRange("training.learning-rate", learningRate, 0, 1);
        Checks.inRange("training.warmup-ratio", warmupRatio, 0, 1);
        Checks.inRange("training.weight-decay", weightDecay, 0, 1);
        Checks.inRange("training.max-gradient-norm", maxGradientNorm, 0, Double.MAX_VALUE);
        Checks.inRange("training.max-tokens", maxTokens, 0, Integer.MAX_VALUE);
        Checks.inRange("training.evaluate-every", evaluateEvery, 0, Integer.MAX_VALUE);
        Checks.inRange("training.early-stopping-patience", earlyStoppingPatience, 0, Integer.MAX_VALUE);
        Checks.inRange("training.checkpoint-every", checkpointEvery, 0, Integer.MAX_VALUE);
        Checks.inRange("training.threads", threads, 0, 1024);
    }

    /** Every default. */
    public static TrainingSpec defaults() {
        return builder().build();
    }

    /** This, with the learning rate of the method where none was said. */
    public TrainingSpec with(TuningMethod method) {
        return learningRate > 0
                ? this
                : toBuilder().learningRate(method.defaultLearningRate()).build();
    }

    /** Starts from every default. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts that differ from the defaults. */
    public static final class Builder {
        private double epochs = DEFAULT_EPOCHS;
        private int batchSize = DEFAULT_BATCH_SIZE;
        private int gradientAccumulation = 1;
        private double learningRate;
        private Schedule schedule = Schedule.COSINE;
        private double warmupRatio = DEFAULT_WARMUP_RATIO;
        private double weightDecay;
        private double maxGradientNorm = DEFAULT_MAX_GRADIENT_NORM;
        private int maxTokens = DEFAULT_MAX_TOKENS;
        private boolean packing;
        private Precision precision = Precision.AUTO;
        private Recompute recompute = Recompute.AUTO;
        private int evaluateEvery;
        private int earlyStoppingPatience;
        private int checkpointEvery;
        private int threads;
        private long seed = DEFAULT_SEED;

        Builder() {}

        Builder(TrainingSpec spec) {
            epochs = spec.epochs;
            batchSize = spec.batchSize;
            gradientAccumulation = spec.gradientAccumulation;
            learningRate = spec.learningRate;
            schedule = spec.schedule;
            warmupRatio = spec.warmupRatio;
            weightDecay = spec.weightDecay;
            maxGradientNorm = spec.maxGradientNorm;
            maxTokens = spec.maxTokens;
            packing = spec.packing;
            precision = spec.precision;
            recompute = spec.recompute;
            evaluateEvery = spec.evaluateEvery;
            earlyStoppingPatience = spec.earlyStoppingPatience;
            checkpointEvery = spec.checkpointEvery;
            threads = spec.threads;
            seed = spec.seed;
        }

        /** See {@link TrainingSpec#epochs}. */
        public Builder epochs(double value) {
            epochs = value;
            return this;
        }

        /** See {@link TrainingSpec#batchSize}. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /** See {@link TrainingSpec#gradientAccumulation}. */
        public Builder gradientAccumulation(int value) {
            gradientAccumulation = value;
            return this;
        }

        /** See {@link TrainingSpec#learningRate}. */
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        /** See {@link TrainingSpec#schedule}. */
        public Builder schedule(Schedule value) {
            schedule = value;
            return this;
        }

        /** See {@link TrainingSpec#warmupRatio}. */
        public Builder warmupRatio(double value) {
            warmupRatio = value;
            return this;
        }

        /** See {@link TrainingSpec#weightDecay}. */
        public Builder weightDecay(double value) {
            weightDecay = value;
            return this;
        }

        /** See {@link TrainingSpec#maxGradientNorm}. */
        public Builder maxGradientNorm(double value) {
            maxGradientNorm = value;
            return this;
        }

        /** See {@link TrainingSpec#maxTokens}. */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /** See {@link TrainingSpec#packing}. */
        public Builder packing(boolean value) {
            packing = value;
            return this;
        }

        /** See {@link TrainingSpec#precision}. */
        public Builder precision(Precision value) {
            precision = value;
            return this;
        }

        /** See {@link TrainingSpec#recompute}. */
        public Builder recompute(Recompute value) {
            recompute = value;
            return this;
        }

        /** See {@link TrainingSpec#evaluateEvery}. */
        public Builder evaluateEvery(int value) {
            evaluateEvery = value;
            return this;
        }

        /** See {@link TrainingSpec#earlyStoppingPatience}. */
        public Builder earlyStoppingPatience(int value) {
            earlyStoppingPatience = value;
            return this;
        }

        /** See {@link TrainingSpec#checkpointEvery}. */
        public Builder checkpointEvery(int value) {
            checkpointEvery = value;
            return this;
        }

        /** See {@link TrainingSpec#threads}. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /** See {@link TrainingSpec#seed}. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** The finished settings. */
        public TrainingSpec build() {
            return new TrainingSpec(
                    epochs,
                    batchSize,
                    gradientAccumulation,
                    learningRate,
                    schedule,
                    warmupRatio,
                    weightDecay,
                    maxGradientNorm,
                    maxTokens,
                    packing,
                    precision,
                    recompute,
                    evaluateEvery,
                    earlyStoppingPatience,
                    checkpointEvery,
                    threads,
                    seed);
        }
    }
}
