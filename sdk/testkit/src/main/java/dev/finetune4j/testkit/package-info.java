/** Placeholder. */
@NullMarked
package dev.finetune4j.testkit;

import org.jspecify.annotations.NullMarked;
