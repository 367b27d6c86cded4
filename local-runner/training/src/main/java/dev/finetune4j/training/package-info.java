/** Placeholder. */
@NullMarked
package dev.finetune4j.training;

import org.jspecify.annotations.NullMarked;
