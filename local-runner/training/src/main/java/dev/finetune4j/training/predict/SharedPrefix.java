package dev.finetune4j.training.predict;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that all prompts begin with: the system message, the task's words, the examples. Found by comparing tokens rather than by rendering a
 * part of the prompt, so that prefix and rest are exactly the whole whatever the template does. At least one token of each prompt is left.
 */
final class SharedPrefix {
    private int @Nullable [] common;

    /** Takes a prompt into account. */
    void add(int[] prompt) {
        int longest = Math.max(0, prompt.length - 1);
        if (common == null) {
            common = Arrays.copyOf(prompt, longest);
            return;
        }
        int mismatch = Arrays.mismatch(common, 0, common.length, prompt, 0, longest);
        if (mismatch >= 0) {
            common = Arrays.copyOf(common, mismatch);
        }
    }

    /** The tokens that all prompts so far begin with. */
    int[] tokens() {
        return common == null ? new int[0] : common.clone();
    }
}
