package dev.finetune4j.spi;

import org.jspecify.annotations.Nullable;

/**
 * What of a base model decides whether an engine trains it.
 *
 * @param architecture the class that transformers loads, such as {@code LlamaForCausalLM}; null where it is not known yet
 * @param speaks whether it answers in text; an encoder tells labels apart
 * @param isGguf whether it is a GGUF file
 */
public record ModelTraits(@Nullable String architecture, boolean speaks, boolean isGguf) {}
