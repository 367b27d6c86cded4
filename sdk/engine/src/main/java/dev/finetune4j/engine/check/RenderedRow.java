package dev.finetune4j.engine.check;

import dev.finetune4j.data.RowRef;
import java.util.List;

/**
 * One training row as the model sees it.
 *
 * @param row where it came from
 * @param tokens the tokens after truncation, in order
 * @param untruncatedTokens tokens of the row before it was cut
 */
public record RenderedRow(RowRef row, List<RenderedToken> tokens, int untruncatedTokens) {
    /** Copies the tokens. */
    public RenderedRow {
        tokens = List.copyOf(tokens);
    }

    /**
     * One token.
     *
     * @param piece its text, special tokens as they are spelled
     * @param trained whether it is learned
     */
    public record RenderedToken(String piece, boolean trained) {}
}
