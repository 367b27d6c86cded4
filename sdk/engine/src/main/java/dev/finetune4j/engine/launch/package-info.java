/**
 * The way of a run: prepared rows and model, one launch, following, comparison and report. Each step is a small class; what was
 * done is in the journal, so that a run killed between any two steps goes on without doing anything twice.
 */
@NullMarked
package dev.finetune4j.engine.launch;

import org.jspecify.annotations.NullMarked;
