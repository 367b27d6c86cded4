/** Placeholder. */
@NullMarked
package dev.finetune4j.modelfiles;

import org.jspecify.annotations.NullMarked;
