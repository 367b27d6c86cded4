/**
 * Tokenizers: Hugging Face's tokenizer.json through the library that defines the format (DJL's binding of the tokenizers crate), and
 * the same made out of GGUF metadata. Opens no socket.
 */
@NullMarked
package dev.finetune4j.modelfiles.tokenizer;

import org.jspecify.annotations.NullMarked;
