package dev.finetune4j.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs wherever it runs: no place, no price.
 *
 * @param parameters weights of the base model
 * @param trainableParameters weights that are trained
 * @param rows rows of each part
 * @param tokens tokens of a row, before it is cut to the length limit
 * @param limitTokens tokens that a row may have
 * @param areTokensCounted whether the model's own tokenizer counted them; false where they were told from the number of characters
 * @param steps optimizer steps
 * @param trainingTokens tokens that training goes through, each epoch counted, padding not
 * @param flops floating-point operations of training, without what is computed again to save memory
 * @param uploadBytes what goes to a place: rows
 * @param downloadBytes what a place fetches before it can begin: the base model
 * @param resultBytes what comes back: adapter or weights
 * @param diskBytes what a machine's disk must hold at most while it trains: model, rows, checkpoints and result; null in plans of earlier
 *     versions
 */
public record Workload(
        long parameters,
        long trainableParameters,
        Map<Part, Long> rows,
        Quantiles tokens,
        int limitTokens,
        boolean areTokensCounted,
        long steps,
        long trainingTokens,
        double flops,
        long uploadBytes,
        long downloadBytes,
        long resultBytes,
        @Nullable Long diskBytes) {
    /** Copies the map in its order. */
    public Workload {
        EnumMap<Part, Long> inOrder = new EnumMap<>(Part.class);
        inOrder.putAll(rows);
        rows = Collections.unmodifiableMap(inOrder);
    }

    /** Rows of a part; 0 where there are none. */
    public long rowsOf(Part part) {
        return rows.getOrDefault(part, 0L);
    }
}
