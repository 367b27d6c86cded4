/**
 * Decoders of the Llama family, composed of TorchScript blocks as {@code config.json} tells: loading, training, scoring, speaking.
 * {@link dev.finetune4j.training.model.decoder.DecoderLoader} is the door.
 */
@NullMarked
package dev.finetune4j.training.model.decoder;

import org.jspecify.annotations.NullMarked;
