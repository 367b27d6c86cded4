/** How good a model gets with more rows: nested sets of the training rows, a run for each, and the law through their results. */
@NullMarked
package dev.finetune4j.engine.curve;

import org.jspecify.annotations.NullMarked;
