/** Placeholder. */
@NullMarked
package dev.finetune4j.cli;

import org.jspecify.annotations.NullMarked;
