package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import java.util.EnumSet;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How others estimate the memory of a run, for comparison. {@code estimate_peers.py} runs the originals. */
enum Peer {
    /** LLaMA-Factory's table of hardware requirements: GB for each billion of parameters, whatever batch and length. */
    BYTES_PER_PARAMETER("bytes per parameter (LLaMA-Factory, README, hardware requirement)") {
        @Override
        OptionalDouble gib(Architecture model, TrainingSetup setup) {
            double bytes = bytesPerParameter(setup) * model.parameters();
            return OptionalDouble.of(bytes / setup.parallelism().weightShards() / modelShare(setup) / GIB);
        }

        private double bytesPerParameter(TrainingSetup setup) {
            return switch (setup.method()) {
                case FULL -> setup.weights() == Weights.HALF && setup.framework() != Framework.DEEPSPEED ? 8 : 18;
                case LORA, PROMPT, HEAD -> 2;
                case QLORA -> setup.weights() == Weights.INT8 ? 1 : 0.5;
            };
        }
    },
    /** {@code estimate_training_usage} of accelerate: four times the weights, and no GPUs besides the one. */
    ACCELERATE("accelerate 1.15.0, estimate-memory") {
        @Override
        OptionalDouble gib(Architecture model, TrainingSetup setup) {
            boolean isAnswered =
                    setup.method() == Method.FULL && setup.parallelism().gpus() == 1;
            double single = 4 * model.parameters();
            double bytes = setup.arithmetic() == TrainingSetup.Arithmetic.FP32 ? 4 * single : 2 * single;
            return isAnswered ? OptionalDouble.of(bytes / GIB) : OptionalDouble.empty();
        }
    },
    /** {@code estimate_zero2_model_states_mem_needs} and its like for ZeRO-3: states of all weights, no activations. */
    DEEPSPEED("DeepSpeed 0.19.8, estimate_zero*_model_states_mem_needs") {
        @Override
        OptionalDouble gib(Architecture model, TrainingSetup setup) {
            Sharding sharding = setup.parallelism().sharding();
            if (setup.method() != Method.FULL || (sharding != Sharding.ZERO2 && sharding != Sharding.ZERO3)) {
                return OptionalDouble.empty();
            }
            double parameters = model.parameters();
            double shared = parameters / setup.parallelism().gpus();
            double whole = sharding == Sharding.ZERO2
                    ? 2 * parameters
                    : 4.0 * Math.max(model.largestMatrix(), model.embeddingParameters());
            double states = setup.offloadsWeights() || (setup.offloadsOptimizer() && sharding == Sharding.ZERO2)
                    ? 0
                    : setup.offloadsOptimizer() ? 2 * shared : 18 * shared;
            return OptionalDouble.of((whole + states) / GIB);
        }
    },
    /** Red Hat's {@code memory_estimator}: everything in single precision, adapters in half; shared by all GPUs. */
    TRAINING_HUB("training_hub 0.11.2, memory_estimator") {
        private static final double OVERHEAD = 1.1;
        private static final int DEFAULT_RANK = 32;

        @Override
        OptionalDouble gib(Architecture model, TrainingSetup setup) {
            if (setup.microBatch() == null || length(setup) == null || setup.method() == Method.PROMPT) {
                return OptionalDouble.empty();
            }
            double tokens = (double) setup.microBatch() * Objects.requireNonNull(length(setup));
            double bytes = setup.method() == Method.FULL ? full(model, setup, tokens) : adapters(model, setup, tokens);
            return OptionalDouble.of(OVERHEAD * bytes / GIB);
        }

        private double full(Architecture model, TrainingSetup setup, double tokens) {
            double states = 16 * model.parameters() / setup.parallelism().gpus();
            double outputs = setup.loss() == Loss.FUSED ? 0 : tokens * 4 * model.vocabulary() * 8 / 3;
            return states + tokens * 4 * model.layers() * model.hiddenSize() + outputs;
        }

        private double adapters(Architecture model, TrainingSetup setup, double tokens) {
            int gpus = setup.parallelism().gpus();
            int rank = setup.rank() == null ? DEFAULT_RANK : setup.rank();
            double trained = rank * model.adapterParametersPerRank(EnumSet.allOf(Projection.class));
            double stored = (setup.method() == Method.QLORA ? 0.5 : 2) * model.parameters();
            double outputs = setup.loss() == Loss.FUSED ? 0 : tokens * 2 * model.vocabulary() * 2;
            double bytes = (stored + 4 * trained) / gpus
                    + 4 * trained / gpus
                    + tokens * 2 * model.layers() * model.hiddenSize()
                    + Math.max(2 * trained / gpus, outputs);
            boolean isHeldByLoading = setup.method() == Method.QLORA && bytes < model.parameters();
            return isHeldByLoading ? model.parameters() / gpus : bytes;
        }

        private @Nullable Integer length(TrainingSetup setup) {
            return setup.longestTokens() != null ? setup.longestTokens() : setup.capTokens();
        }
    };

    private static final double GIB = 1L << 30;

    private final String title;

    Peer(String title) {
        this.title = title;
    }

    /** Its name, version and place. */
    String title() {
        return title;
    }

    /** The peak of one GPU in GiB; empty where it has no answer. */
    abstract OptionalDouble gib(Architecture model, TrainingSetup setup);

    private static double modelShare(TrainingSetup setup) {
        return setup.parallelism().modelGpus();
    }
}
