/**
 * Encoders like BERT with a classification head: composed from the blocks of the scripts, trained as a whole, by adapters, or only at
 * the head. Axis letters besides the module's: S sequences of a micro-batch, K labels, P rows of the position embedding.
 */
@NullMarked
package dev.finetune4j.training.model.encoder;

import org.jspecify.annotations.NullMarked;
