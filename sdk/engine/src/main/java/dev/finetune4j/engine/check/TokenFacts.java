package dev.finetune4j.engine.check;

import dev.finetune4j.engine.check.tokens.TokenSample.Choice;
import dev.finetune4j.spi.EncodedExample;
import org.jspecify.annotations.Nullable;

/**
 * What a row is as tokens.
 *
 * @param choice why it was tokenized, or that it was not
 * @param encoded the row, or null where it was left out or refused
 * @param trained tokens that are learned after truncation
 * @param trainedBeforeCut tokens that would be learned without truncation
 * @param unfamiliar tokens that the vocabulary lacks a whole piece for
 * @param label what is learned of the row where the model tells labels apart and writes nothing; null where it writes
 * @param refusal why the chat template or the tokenizer refuses the row, or null
 */
record TokenFacts(
        Choice choice,
        @Nullable EncodedExample encoded,
        int trained,
        int trainedBeforeCut,
        int unfamiliar,
        @Nullable String label,
        @Nullable RowRefusal refusal) {
    static final TokenFacts LEFT_OUT = new TokenFacts(Choice.LEFT_OUT, null, 0, 0, 0, null, null);
}
