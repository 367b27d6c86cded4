/**
 * Following a job at its provider: one ordered stream of events from snapshots and pages, whoever watches and however often. PlaceProblems,
 * which is what can go wrong with a place whoever asks it, stands here, where the most is asked of places.
 */
@NullMarked
package dev.finetune4j.engine.watch;

import org.jspecify.annotations.NullMarked;
