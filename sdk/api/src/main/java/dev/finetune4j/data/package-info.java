/** Rows as the rest of the product sees them: examples, messages, splits and their profile. */
@NullMarked
package dev.finetune4j.data;

import org.jspecify.annotations.NullMarked;
