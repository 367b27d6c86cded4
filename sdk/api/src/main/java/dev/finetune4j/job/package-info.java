/** Placeholder. */
@NullMarked
package dev.finetune4j.job;

import org.jspecify.annotations.NullMarked;
