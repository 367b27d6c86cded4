package dev.finetune4j.modelfiles.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;

/**
 * The native tokenizers library, loaded once. DJL extracts it from its jar into its cache folder ({@code DJL_CACHE_DIR}, else the
 * user's home, else the temporary folder); it is called directly, since DJL's own wrapper reports each first use to its makers and
 * fetches nine arrays where one is needed.
 */
final class NativeTokenizers {
    private NativeTokenizers() {}

    /**
     * The library.
     *
     * @throws FineTuneException with FT0433 if it cannot be loaded on this machine
     */
    static TokenizersLibrary library() {
        return library(LibUtils::checkStatus);
    }

    /** The library, once {@code load} has loaded it. */
    static TokenizersLibrary library(Runnable load) {
        // Read by DJL when its classes load: no download of other builds, no usage tracking.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            load.run();
            return TokenizersLibrary.LIB;
        } catch (LinkageError | RuntimeException e) {
            throw ModelFilesProblems.TOKENIZER_LIBRARY
                    .error("the native tokenizers library cannot be loaded")
                    .because(String.valueOf(e.getMessage()))
                    .because(
                            "this machine is " + System.getProperty("os.name") + " on " + System.getProperty("os.arch"))
                    .asException(e);
        }
    }
}
