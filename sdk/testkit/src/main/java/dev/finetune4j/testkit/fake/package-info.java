/**
 * A place that runs jobs by a script and on a clock that the test moves: queued, running, machine lost, failed, done. It passes the
 * provider contract itself, so that code tested against it meets the same behaviour everywhere.
 */
@NullMarked
package dev.finetune4j.testkit.fake;

import org.jspecify.annotations.NullMarked;
