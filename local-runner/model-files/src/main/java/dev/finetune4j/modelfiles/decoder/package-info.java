/** What the weight files of a decoder must hold: names and shapes of its tensors, for everyone who reads or checks them. */
@NullMarked
package dev.finetune4j.modelfiles.decoder;

import org.jspecify.annotations.NullMarked;
