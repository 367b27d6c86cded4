package dev.finetune4j.engine.check.tokens;

import dev.finetune4j.spi.TextCodec;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Tells tokens that stand for nothing whole: the unknown token, bytes of a fallback, fragments of a character. Remembers its
 * verdicts, so that each token is spelled once. Safe for use by several threads.
 */
public final class Familiarity {
    private static final int UNSEEN = 0;
    private static final int FAMILIAR = 1;
    private static final int UNFAMILIAR = 2;

    private final TextCodec codec;
    private final AtomicIntegerArray verdicts;

    /** Starts without verdicts. */
    public Familiarity(TextCodec codec) {
        this.codec = codec;
        this.verdicts = new AtomicIntegerArray(codec.vocabularySize());
    }

    /** How many of the tokens are unfamiliar. */
    public int unfamiliar(int[] tokenIds) {
        int unfamiliar = 0;
        for (int id : tokenIds) {
            if (verdict(id) == UNFAMILIAR) {
                unfamiliar++;
            }
        }
        return unfamiliar;
    }

    private int verdict(int id) {
        int known = verdicts.get(id);
        if (known != UNSEEN) {
            return known;
        }
        int verdict = isWhole(codec.pieces(new int[] {id}).get(0)) ? FAMILIAR : UNFAMILIAR;
        verdicts.set(id, verdict);
        return verdict;
    }

    private static boolean isWhole(String piece) {
        boolean isByte = piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">");
        boolean isUnknown = piece.equals("<unk>") || piece.equals("[UNK]");
        return !isByte && !isUnknown && piece.indexOf('\uFFFD') < 0;
    }
}
