/**
 * What is known of each run, on disk and safe from crashes: a folder a run with an append-only journal. Every entry is synced
 * before the act that it announces, so that a process killed at any moment leaves the old or the new state and never neither.
 */
@NullMarked
package dev.finetune4j.engine.journal;

import org.jspecify.annotations.NullMarked;
