/** Base and tuned model answer rows: labels by likelihood, references by likelihood, texts by generation. */
@NullMarked
package dev.finetune4j.training.predict;

import org.jspecify.annotations.NullMarked;
