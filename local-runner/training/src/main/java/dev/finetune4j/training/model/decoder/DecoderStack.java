package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript.Value;

/**
 * A whole decoder as the script has it.
 *
 * @param decoder what lies outside the layers: embedding, last norm and head
 * @param layers the layers
 */
record DecoderStack(Value decoder, Value layers) {}
