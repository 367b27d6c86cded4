/**
 * Models in memory: what can be asked of one while it is trained, and of a language model while it is scored and made to speak.
 *
 * <p>Axis letters used throughout the module: N tokens of a micro-batch (all sequences laid end to end, no padding), T tokens of
 * one sequence, C width, H heads, D head width, F feed-forward width, V vocabulary, R rank of an adapter.
 */
@NullMarked
package dev.finetune4j.training.model;

import org.jspecify.annotations.NullMarked;
