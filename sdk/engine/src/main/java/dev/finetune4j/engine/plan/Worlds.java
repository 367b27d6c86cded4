package dev.finetune4j.engine.plan;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Worlds that may come about, always the same ones. What has the same cause is drawn alike for every option, so that options are
 * compared in the same worlds.
 */
final class Worlds {
    private static final int COUNT = 2000;
    private static final long SEED = 20_261_126;

    /** What makes a quantity larger or smaller. */
    enum Cause {
        /** How long rows are in another tokenizer's tokens. */
        TOKENS,
        /** How fast GPUs train. */
        GPU_SPEED,
        /** How fast this machine trains. */
        OWN_SPEED,
        /** How fast a service trains. */
        SERVICE_SPEED,
        /** How many others wait for a machine. */
        QUEUE,
        /** How long a machine takes to be ready. */
        START_UP,
        /** How fast files come and go. */
        NETWORK,
        /** How fast models answer. */
        ANSWERS,
        /** How fast disks are. */
        DISK,
        /** How often machines are taken away. */
        INTERRUPTIONS,
        /** What a machine costs that is auctioned. */
        SPOT_PRICE,
        /** How long answers are of models that were not tuned. */
        ANSWER_LENGTH,
        /** How fast matrices are unpacked for each token. */
        UNPACKING,
        /** How fast layers are put together for each token. */
        GATHERING
    }

    private record Drawn(Cause cause, Uncertain quantity) {}

    private final Map<Cause, double[]> normals = new EnumMap<>(Cause.class);
    private final Map<Drawn, Sample> drawn = new HashMap<>();

    Worlds() {
        RandomGenerator random = new SplittableRandom(SEED);
        for (Cause cause : Cause.values()) {
            double[] deviations = new double[COUNT];
            for (int i = 0; i < COUNT; i++) {
                deviations[i] = random.nextGaussian();
            }
            normals.put(cause, deviations);
        }
    }

    /** A quantity in each world. Many options ask for the same ones, which are drawn once. */
    Sample draw(Cause cause, Uncertain quantity) {
        return drawn.computeIfAbsent(new Drawn(cause, quantity), key -> sample(cause, quantity));
    }

    private Sample sample(Cause cause, Uncertain quantity) {
        double[] values = normals.getOrDefault(cause, new double[COUNT]).clone();
        double below = quantity.deviationBelow();
        double above = quantity.deviationAbove();
        for (int i = 0; i < COUNT; i++) {
            values[i] = quantity.likely() * Math.exp(values[i] * (values[i] < 0 ? below : above));
        }
        return Sample.of(values);
    }

    /** The same value in each world. */
    Sample constant(double value) {
        double[] same = new double[COUNT];
        Arrays.fill(same, value);
        return Sample.of(same);
    }
}
