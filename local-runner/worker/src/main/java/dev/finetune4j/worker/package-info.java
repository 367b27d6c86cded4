/** Placeholder. */
@NullMarked
package dev.finetune4j.worker;

import org.jspecify.annotations.NullMarked;
