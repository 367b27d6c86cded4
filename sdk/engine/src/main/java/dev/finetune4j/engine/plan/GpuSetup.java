package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.Parallelism;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Attention;
import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Optimizer;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.job.Precision;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.TrainerSettings;

/**
 * What a launch writes for transformers and PEFT, as the estimator takes it: fused AdamW, fused attention, the loss in chunks. Adapters lie on
 * weights in half precision, and in single precision where products are; where all weights are trained they stay in single precision, so
 * that small updates are not lost.
 */
final class GpuSetup {
    /** How settings call single precision. */
    static final String SINGLE = "fp32";

    /** Share of a GPU's memory that weights may take before our engine shares them out unasked ({@code sharing.py} of {@code finetune4j_peft}). */
    static final double WHOLE_SHARE = 0.6;
    /** Bytes of a weight that is trained itself: value, gradient and two moments in single precision. */
    private static final double TRAINED_BYTES = 16;

    private static final double GIB = 1L << 30;

    private final PlannedJob job;
    private final Gpu gpu;
    private final boolean isByScript;

    /** On a GPU of a place that trains by our engine. */
    GpuSetup(PlannedJob job, Gpu gpu) {
        this(job, gpu, false);
    }

    /**
     * On a GPU of any place.
     *
     * @param isByScript whether the place trains by a script of its own
     */
    GpuSetup(PlannedJob job, Gpu gpu, boolean isByScript) {
        this.job = job;
        this.gpu = gpu;
        this.isByScript = isByScript;
    }

    /**
     * The precision of products on this GPU: bfloat16 where it has it, single where the job asks for it. Elsewhere scripts take half
     * precision; our engine does not, which would need a scale for the loss, and takes single unless the job says bfloat16.
     */
    String precision() {
        if (job.training().precision() == Precision.FP32) {
            return SINGLE;
        }
        if (gpu.hasBfloat16()) {
            return "bf16";
        }
        if (isByScript) {
            return "fp16";
        }
        return job.training().precision() == Precision.BF16 ? "bf16" : SINGLE;
    }

    TrainingSetup of(TrainerSettings settings) {
        boolean isPacked = job.training().packing();
        int limit = job.lengths().limit();
        LoraTuning lora = job.job().method().adapters().orElse(null);
        Framework framework = isByScript ? Framework.HUGGING_FACE : Framework.FINETUNE4J_GPU;
        return TrainingSetup.of(method(job.job().method()), framework, parallelism(settings))
                .edit()
                .rank(lora == null ? null : lora.rank())
                .targets(TrainedParameters.projections(job.job()))
                .hasDora(lora != null && lora.dora())
                .trainsEmbeddings(lora != null && !lora.trainedModules().isEmpty())
                .trainableParameters(job.trainable())
                .weights(weights())
                .arithmetic(arithmetic())
                .optimizer(Optimizer.ADAMW_FUSED)
                .microBatch(settings.microBatch())
                .accumulation(settings.accumulation())
                .longestTokens(isPacked ? limit : job.lengths().longest())
                .meanTokens(paddedTokens(settings.microBatch()))
                .capTokens(limit)
                .isPacked(isPacked)
                .checkpointing(settings.isCheckpointed() ? Checkpointing.FULL : Checkpointing.NONE)
                .attention(Attention.FUSED)
                .loss(Loss.CHUNKED)
                .isCompiled(false)
                .build();
    }

    /** Whether our engine shares the weights out where there are several such GPUs, asked or not: it wants room for activations. */
    boolean sharesWeightsUnasked() {
        return !isByScript && wholeBytes() > WHOLE_SHARE * gpu.usableMemoryGib() * GIB;
    }

    /** Bytes of all weights on one GPU, with gradients and moments of those that are trained themselves. */
    private double wholeBytes() {
        Architecture model = job.architecture();
        if (job.trainsAll()) {
            return TRAINED_BYTES * model.parameters();
        }
        double width = precision().equals(SINGLE) ? Weights.FP32.bytes() : Weights.HALF.bytes();
        double inside = model.linearParameters();
        return weights().bytes() * inside
                + width * (model.parameters() - inside)
                + TRAINED_BYTES * TrainedParameters.besideAdapters(job.job(), model);
    }

    /** Tokens of the mean row with what it is padded by, in a micro-batch of so many rows. */
    double paddedTokens(int microBatch) {
        return job.training().packing() ? job.lengths().limit() : job.lengths().meanOfLongest(microBatch);
    }

    /** Tokens that a whole training computes, padding included. */
    double computedTokens(int microBatch) {
        return job.trainedRows()
                * (job.training().packing()
                        ? computedMean()
                        : computed(job.lengths().meanOfLongest(microBatch)));
    }

    /** Tokens of the mean row that go through the layers. */
    double computedMean() {
        return computed(job.lengths().mean());
    }

    /**
     * A prefix is keys and values that attention reads, and goes through no layer: Li and Liang 2021, Prefix-Tuning, section 4.2. PEFT hands it
     * over as a cache.
     */
    private double computed(double tokens) {
        return job.job().method() instanceof PrefixTuning prefix
                ? Math.max(1, tokens - prefix.virtualTokens())
                : tokens;
    }

    private static Parallelism parallelism(TrainerSettings settings) {
        return switch (settings.parallelism()) {
            case SINGLE -> Parallelism.single();
            case DDP -> Parallelism.data(settings.gpus(), Parallelism.Sharding.NONE);
            case FSDP -> Parallelism.data(settings.gpus(), Parallelism.Sharding.FSDP);
        };
    }

    /** How the estimator calls a method. */
    static Method method(TuningMethod method) {
        if (method instanceof FullTuning) {
            return Method.FULL;
        }
        if (method instanceof QloraTuning) {
            return Method.QLORA;
        }
        if (method instanceof HeadTuning) {
            return Method.HEAD;
        }
        return method instanceof LoraTuning ? Method.LORA : Method.PROMPT;
    }

    private Weights weights() {
        if (job.job().method() instanceof QloraTuning) {
            return Weights.NF4_DOUBLE;
        }
        return job.trainsAll() || precision().equals(SINGLE) ? Weights.FP32 : Weights.HALF;
    }

    /** Where a GPU has no units for bfloat16 it is no faster in it than in single precision. */
    private Arithmetic arithmetic() {
        return switch (precision()) {
            case SINGLE -> Arithmetic.FP32;
            case "fp16" -> Arithmetic.FP16;
            default -> gpu.hasBfloat16() ? Arithmetic.BF16 : Arithmetic.FP32;
        };
    }
}
