package dev.finetune4j.training.model.decoder;

/**
 * The longest sequences that a model will compute, in tokens, virtual ones included. How many of them stand in a micro-batch changes no
 * position.
 *
 * @param rowTokens of a row that is learned, 0 where none is
 * @param answerTokens of a text that is answered, 0 where none is
 * @param virtualTokens tokens of them that are virtual
 * @param newTokens tokens of an answer that is written, which come on top of what a row may have; 0 where none is written
 * @param hasExamples whether whole rows stand in front of what is asked
 */
record LongestTexts(int rowTokens, int answerTokens, int virtualTokens, int newTokens, boolean hasExamples) {
    /** Where nothing is computed. */
    static final LongestTexts NONE = new LongestTexts(0, 0, 0, 0, false);
}
