package dev.finetune4j.engine.estimate;

import dev.finetune4j.value.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How a run is spread over GPUs. Data parallelism takes what the other kinds leave: {@code gpus / (tensor pipeline)} replicas.
 *
 * @param gpus all of them
 * @param sharding what the replicas share out among each other
 * @param tensor GPUs that share each matrix
 * @param pipeline GPUs that share the layers and all work at once
 * @param expert replicas that share the experts of a mixture
 * @param sequence GPUs that share the tokens of a row
 * @param shardDegree replicas that share one copy of the weights where sharding is hybrid, or the most that divide them; null for those of a
 *     machine of eight
 */
public record Parallelism(
        int gpus,
        Sharding sharding,
        int tensor,
        int pipeline,
        int expert,
        int sequence,
        @Nullable Integer shardDegree) {
    /** Of servers with NVLink or its like; those of a rack are more. */
    static final int GPUS_OF_A_MACHINE = 8;

    /** What data-parallel replicas share out. */
    public enum Sharding {
        /** Nothing: every replica holds all. */
        NONE,
        /** Optimizer states. */
        ZERO1,
        /** Optimizer states and gradients, after DeepSpeed. */
        ZERO2,
        /** Optimizer states, gradients and weights, after DeepSpeed. */
        ZERO3,
        /** The same, after PyTorch. */
        FSDP,
        /** FSDP whose weights stay put together from the forward pass to the end of the backward pass (SHARD_GRAD_OP, no reshard). */
        FSDP_GRADIENTS,
        /** FSDP among some of the replicas, mostly those of a machine, of which the others hold copies (HYBRID_SHARD, HSDP). */
        HYBRID,
        /** No replicas: the layers lie on different GPUs, which work one after the other. */
        LAYERS
    }

    /** Checks that every degree can be. */
    public Parallelism {
        Checks.inRange("gpus", gpus, 1, 1 << 20);
        Checks.inRange("tensor", tensor, 1, gpus);
        Checks.inRange("pipeline", pipeline, 1, gpus);
        Checks.inRange("expert", expert, 1, gpus);
        Checks.inRange("sequence", sequence, 1, gpus);
        if (shardDegree != null) {
            Checks.inRange("shardDegree", shardDegree, 1, gpus);
        }
    }

    /** The same whose hybrid sharing, if it is that, is among the GPUs of a machine. */
    public Parallelism(int gpus, Sharding sharding, int tensor, int pipeline, int expert, int sequence) {
        this(gpus, sharding, tensor, pipeline, expert, sequence, null);
    }

    /** One GPU. */
    public static Parallelism single() {
        return data(1, Sharding.NONE);
    }

    /** Data parallelism with a sharding. */
    public static Parallelism data(int gpus, Sharding sharding) {
        return new Parallelism(gpus, sharding, 1, 1, 1, 1);
    }

    /** GPUs that hold one copy of the model between them. */
    public int modelGpus() {
        return sharding == Sharding.LAYERS ? gpus : Math.min(gpus, tensor * pipeline);
    }

    /** Copies of the model that read different rows. */
    public int replicas() {
        return Math.max(1, gpus / modelGpus());
    }

    /** Whether PyTorch shares weights out, among all replicas or some. */
    public boolean isFsdp() {
        return sharding == Sharding.FSDP || sharding == Sharding.FSDP_GRADIENTS || sharding == Sharding.HYBRID;
    }

    /** GPUs that share one copy of the weights by sharding; where that is hybrid all copies are whole: of 12 replicas no eight share one, but six. */
    public int weightShards() {
        if (sharding == Sharding.HYBRID) {
            int most = shardDegree != null ? shardDegree : Math.max(1, GPUS_OF_A_MACHINE / modelGpus());
            int shards = Math.min(replicas(), most);
            while (replicas() % shards != 0) {
                shards--;
            }
            return shards;
        }
        return sharding == Sharding.ZERO3 || isFsdp() ? replicas() : 1;
    }

    /** GPUs that share one copy of the gradients by sharding. */
    public int gradientShards() {
        return sharding == Sharding.ZERO2 ? replicas() : weightShards();
    }

    /** GPUs that share one copy of the optimizer's states by sharding. */
    public int optimizerShards() {
        return sharding == Sharding.ZERO1 || sharding == Sharding.ZERO2 ? replicas() : weightShards();
    }
}
