/** Placeholder. */
@NullMarked
package dev.finetune4j.engine;

import org.jspecify.annotations.NullMarked;
