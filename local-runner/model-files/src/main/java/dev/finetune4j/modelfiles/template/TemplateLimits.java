package dev.finetune4j.modelfiles.template;

/**
 * How much one rendering may cost. Steps, not seconds, so that the same input always ends the same way.
 *
 * @param steps nodes executed, ten for an element of a loop, one for each 16 characters that an operation builds
 * @param outputCharacters longest result, and longest text or list on the way to it
 * @param depth blocks and macro calls inside each other
 * @param rangeElements longest {@code range()}; Jinja's sandbox has the same
 */
public record TemplateLimits(long steps, int outputCharacters, int depth, int rangeElements) {
    /** Far above what real templates need: about a second of work, 64 Mi characters. */
    public static final TemplateLimits DEFAULT = new TemplateLimits(10_000_000, 64 << 20, 100, 100_000);
}
