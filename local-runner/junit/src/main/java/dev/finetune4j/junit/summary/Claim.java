package dev.finetune4j.junit.summary;

import dev.finetune4j.value.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that a test claimed of a run.
 *
 * @param test the test's name
 * @param run the run
 * @param text the claim in a few words
 * @param counterevidence what speaks against it, in numbers; null where it holds
 */
public record Claim(
        String test, RunId run, String text, @Nullable String counterevidence) {
    /** Whether it holds. */
    public boolean holds() {
        return counterevidence == null;
    }

    /** What speaks against it, if it does not hold. */
    public Optional<String> failure() {
        return Optional.ofNullable(counterevidence);
    }
}
