package dev.finetune4j.spi;

import dev.finetune4j.value.RunId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Files that a place keeps of jobs, and bills for as long as they are there.
 *
 * @param reference the place's own name of them, by which they are removed
 * @param run the run that they are of; null where several may share them
 * @param bytes their size
 * @param lastUsed when the last of them was written
 * @param isResult whether they are what a run came to, such as a tuned model
 * @param use what needs them now; empty where nothing does
 */
public record Leftover(
        String reference, @Nullable RunId run, long bytes, Instant lastUsed, boolean isResult, String use) {}
