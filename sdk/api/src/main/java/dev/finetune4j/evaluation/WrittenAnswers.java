package dev.finetune4j.evaluation;

/**
 * How many of a model's written answers say nothing of their rows.
 *
 * @param empty rows whose answer is empty but for white space
 * @param alike rows that have the most frequent answer
 * @param alikeReferences rows that have the most frequent right answer, as many answers may well be alike
 * @param cut rows whose answer was ended by {@code evaluation.max-new-tokens}, as far as the place that answers tells
 */
public record WrittenAnswers(long empty, long alike, long alikeReferences, long cut) {}
