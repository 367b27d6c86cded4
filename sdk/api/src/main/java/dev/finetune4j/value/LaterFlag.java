package dev.finetune4j.value;

import org.jspecify.annotations.Nullable;

/**
 * A flag of a record that its first versions did not have: null where it is off, whoever says so. What those versions wrote down says
 * nothing of it; it means the same and has the same digest.
 */
public final class LaterFlag {
    private LaterFlag() {}

    /**
     * The flag as a record keeps it.
     *
     * @param said true, false or nothing
     * @return true or null
     */
    public static @Nullable Boolean of(@Nullable Boolean said) {
        return Boolean.TRUE.equals(said) ? Boolean.TRUE : null;
    }
}
