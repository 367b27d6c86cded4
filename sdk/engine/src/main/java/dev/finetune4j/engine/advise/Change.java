package dev.finetune4j.engine.advise;

/**
 * An answer that would change the advice, all others staying.
 *
 * @param criterion the criterion
 * @param answers the answers, such as {@code below 200} or {@code monthly or daily}
 * @param approach what would be advised then
 */
public record Change(Criterion criterion, String answers, Approach approach) {}
