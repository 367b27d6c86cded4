package dev.finetune4j.training.bigram;

import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.training.rows.EncodedRows;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded rows over a small vocabulary: most tokens are followed by their successor, so that there is something to learn. */
public final class SmallRows {
    private SmallRows() {}

    /** So many rows of 3 to 12 tokens; the second half of each row is trained. */
    public static EncodedRows of(int count, int vocabulary, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<EncodedExample> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int[] tokens = new int[random.nextInt(3, 13)];
            tokens[0] = random.nextInt(vocabulary);
            for (int t = 1; t < tokens.length; t++) {
                tokens[t] = random.nextInt(10) == 0 ? random.nextInt(vocabulary) : (tokens[t - 1] + 1) % vocabulary;
            }
            BitSet trained = new BitSet();
            trained.set(tokens.length / 2, tokens.length);
            rows.add(new EncodedExample(tokens, trained, tokens.length));
        }
        return EncodedRows.of(rows, List.of());
    }
}
