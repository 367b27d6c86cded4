package dev.finetune4j.modelfiles.tokenizer;

/**
 * A token that is recognized in text before it is split.
 *
 * @param id its number
 * @param content how it is spelled
 * @param special whether it steers the model, such as the end of a turn, rather than being text
 */
public record AddedToken(int id, String content, boolean special) {}
