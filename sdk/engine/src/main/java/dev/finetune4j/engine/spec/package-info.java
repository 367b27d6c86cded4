/**
 * The job file: YAML to {@link dev.finetune4j.job.FineTuneJob} with every problem at its line and column, and back; its JSON
 * Schema, its defaults and its templates. Shape, ranges and defaults come from the records alone.
 */
@NullMarked
package dev.finetune4j.engine.spec;

import org.jspecify.annotations.NullMarked;
