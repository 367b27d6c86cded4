/** Better settings for a job: a run for each candidate, judged on validation rows. */
@NullMarked
package dev.finetune4j.engine.sweep;

import org.jspecify.annotations.NullMarked;
