package dev.finetune4j.engine.check;

/**
 * How often one kind of finding occurred.
 *
 * @param code the problem's code
 * @param subject what was found where a code has several subjects, such as {@code iban}; empty otherwise
 * @param count occurrences in all rows
 */
public record FindingCount(String code, String subject, long count) {}
