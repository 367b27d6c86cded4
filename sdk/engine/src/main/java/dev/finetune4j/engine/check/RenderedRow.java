package dev.finetune4j.engine.check;

import dev.finetune4j.data.RowRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One training row as the model sees it.
 *
 * @param row where it came from
 * @param tokens the tokens after truncation, in order
 * @param untruncatedTokens tokens of the row before it was cut
 * @param label what is learned of the row where the model tells labels apart and writes nothing; null where it writes, and in checks from
 *     before it was told
 */
public record RenderedRow(
        RowRef row,
        List<RenderedToken> tokens,
        int untruncatedTokens,
        @Nullable String label) {
    /** Copies the tokens. */
    public RenderedRow {
        tokens = List.copyOf(tokens);
    }

    /**
     * One token.
     *
     * @param piece its text, special tokens as they are spelled
     * @param trained whether it is learned; of an encoder whether its head reads it
     */
    public record RenderedToken(String piece, boolean trained) {}
}
