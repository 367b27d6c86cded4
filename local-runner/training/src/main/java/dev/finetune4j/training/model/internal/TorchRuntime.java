package dev.finetune4j.training.model.internal;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import dev.finetune4j.training.model.ModelProblems;

/** Brings libtorch up, once a process, without a word to the network. */
public final class TorchRuntime {
    /** Read by {@code ai.djl.util.Utils.isOfflineMode}: no download of natives or models, no telemetry. */
    private static final String OFFLINE = "ai.djl.offline";

    /** Read by {@code ai.djl.util.Ec2Utils.callHome}: no telemetry, even where something turns offline mode off. */
    private static final String NO_TELEMETRY = "OPT_OUT_TRACKING";

    private TorchRuntime() {}

    /**
     * Loads the natives if need be and sets the number of compute threads.
     *
     * @param threads compute threads, 1 or more
     * @throws dev.finetune4j.error.FineTuneException with FT0605 if they cannot be loaded
     */
    public static void start(int threads) {
        System.setProperty(OFFLINE, "true");
        System.setProperty(NO_TELEMETRY, "true");
        try {
            Engine.getEngine("PyTorch");
        } catch (EngineException | LinkageError e) {
            throw ModelProblems.LIBTORCH
                    .error("libtorch cannot be loaded")
                    .because(innermost(e))
                    .asException(e);
        }
        useThreads(threads);
    }

    /** Sets the number of compute threads of what the calling thread computes; threads that have not computed yet inherit it. */
    public static void useThreads(int threads) {
        threads(); // a thread inherits when it first asks or computes, which would undo what was set before
        JniUtils.setNumThreads(threads);
    }

    /** How many compute threads what the calling thread computes is spread over. */
    public static int threads() {
        return JniUtils.getNumThreads();
    }

    /** The linker says which file or function is missing; what stands around it says nothing. */
    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
