/** Following a job at its provider: one ordered stream of events from snapshots and pages, whoever watches and however often. */
@NullMarked
package dev.finetune4j.engine.watch;

import org.jspecify.annotations.NullMarked;
