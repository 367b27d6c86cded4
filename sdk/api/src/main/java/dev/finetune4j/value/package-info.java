/** Values and notes on fields that all model records share. */
@NullMarked
package dev.finetune4j.value;

import org.jspecify.annotations.NullMarked;
