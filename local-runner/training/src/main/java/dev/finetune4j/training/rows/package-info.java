/** Rows of the data channel, from JSON Lines to tokens. */
@NullMarked
package dev.finetune4j.training.rows;

import org.jspecify.annotations.NullMarked;
