/**
 * Weights of any architecture on the native side: how they get there from a file, which numbers are refused, and the vector of those that
 * are trained.
 */
@NullMarked
package dev.finetune4j.training.model.weights;

import org.jspecify.annotations.NullMarked;
