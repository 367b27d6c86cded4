package dev.finetune4j.run;

import dev.finetune4j.evaluation.Variant;

/**
 * What one model answered.
 *
 * @param variant which model
 * @param text its answer, without special tokens
 * @param tokens tokens generated
 * @param complete whether the answer ended by itself rather than by the token limit
 */
public record GeneratedText(Variant variant, String text, int tokens, boolean complete) {}
