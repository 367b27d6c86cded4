package dev.finetune4j.training.model;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.training.model.internal.TorchScript;
import java.util.function.Supplier;

/** What surrounds a computation on the native side, whatever the model: arguments that it bears, and what its failures mean. */
public final class NativeCalls {
    private NativeCalls() {}

    /**
     * Computes something.
     *
     * @throws FineTuneException with FT0604 if memory ran out
     */
    public static <T> T guarded(Supplier<T> computation) {
        try {
            return computation.get();
        } catch (RuntimeException e) {
            throw TorchScript.isOutOfMemory(e) ? outOfMemory(e) : e;
        }
    }

    private static FineTuneException outOfMemory(RuntimeException cause) {
        return ModelProblems.OUT_OF_MEMORY
                .error("the operating system refused memory in the middle of a step")
                .because("free memory fell below what was foreseen when the run began")
                .remedy("training.recompute: layer")
                .remedy("training.batch-size: 1")
                .asException(cause);
    }

    /**
     * Refuses tokens that have no embedding.
     *
     * @param vocabulary rows of the embedding
     * @throws FineTuneException with FT0602 for the first of them
     */
    public static void checkTokens(int[] tokens, int vocabulary, ModelName model) {
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw ModelProblems.TOKEN
                        .error("token " + token + " lies outside the model's vocabulary")
                        .because("the embedding of " + model.value() + " has " + vocabulary + " rows")
                        .asException();
            }
        }
    }

    /** A well-mixed seed of dropout, 40 bits, never negative (the finaliser of SplitMix64). */
    public static long mixedSeed(long seed) {
        long z = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 24;
    }
}
