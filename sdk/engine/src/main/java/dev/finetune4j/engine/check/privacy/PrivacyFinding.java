package dev.finetune4j.engine.check.privacy;

/**
 * A span that should not be trained on. Never holds the value.
 *
 * @param rule id of the {@link PrivacyRule}
 * @param start first character of the span, from 0
 * @param end character after the span
 */
public record PrivacyFinding(String rule, int start, int end) {}
