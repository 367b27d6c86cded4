package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The usual rule for speed, for comparison: every run reaches one share of the vendor's dense rate in 16 bit (MFU, Chowdhery et al. 2022,
 * arXiv:2204.02311, appendix B), with {@code 6 P} operations a token for all weights and {@code 4 P} for adapters.
 *
 * @param share the share that is reached
 */
record ConstantMfu(double share) {
    /** The share that serves a method best, afterwards: the median over these runs. */
    static ConstantMfu medianOf(List<PublishedRun> runs, Method method) {
        List<Double> shares = runs.stream()
                .filter(run -> run.speed().isUsable()
                        && Objects.requireNonNull(run.setup()).method() == method)
                .flatMap(run -> new ConstantMfu(1)
                        .tokensPerSecond(run).stream()
                                .mapToObj(fastest -> run.speed().value() / fastest))
                .toList();
        Double median = Quantiles.median(shares);
        return new ConstantMfu(median == null ? 0 : median);
    }

    /** Tokens a second of one GPU; empty where its rate is not known. */
    OptionalDouble tokensPerSecond(PublishedRun run) {
        Architecture model = Objects.requireNonNull(run.architecture());
        Gpu gpu = Objects.requireNonNull(run.gpu());
        Double tflops = gpu.bf16Tflops() != null ? gpu.bf16Tflops() : gpu.fp16Tflops();
        if (tflops == null) {
            return OptionalDouble.empty();
        }
        double weights = model.activeLinearParameters() + model.embeddingParameters();
        boolean trainsAll = Objects.requireNonNull(run.setup()).method() == Method.FULL;
        return OptionalDouble.of(share * tflops * 1e12 / ((trainsAll ? 6 : 4) * weights));
    }
}
