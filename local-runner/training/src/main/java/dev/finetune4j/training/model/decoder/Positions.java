package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.List;

/** Rotary tables on the native side, in the number format of the activations; they grow as longer texts come. */
final class Positions {
    private static final int FIRST_ROWS = 256;

    private final TorchScript script;
    private final List<RotaryFrequencies> frequencies;
    private final int torchType;
    private int rows;
    private List<Value> cos = List.of();
    private List<Value> sin = List.of();

    /**
     * Tables that grow.
     *
     * @param frequencies one for each kind of layer
     * @param torchType the number format in memory
     */
    Positions(TorchScript script, List<RotaryFrequencies> frequencies, int torchType) {
        this.script = script;
        this.frequencies = frequencies;
        this.torchType = torchType;
    }

    /**
     * Where tokens stand, for the script.
     *
     * @param positions [N] of each token
     * @param prefix tokens in front that every sequence begins with
     * @param groups pairs (sequences, tokens of each) for attention over packed sequences behind the prefix
     * @param seed of dropout, negative for none
     */
    Value place(int[] positions, int prefix, int[] groups, long seed) {
        int needed = 1;
        for (int position : positions) {
            needed = Math.max(needed, position + 1);
        }
        if (needed > rows) {
            grow(Math.max(needed, Math.max(FIRST_ROWS, 2 * rows)));
        }
        try (Value at = script.integers(positions)) {
            return script.call("place", at, cos, sin, prefix, groups, seed);
        }
    }

    private void grow(int needed) {
        cos.forEach(Value::close);
        sin.forEach(Value::close);
        rows = needed;
        List<RotaryTable> tables =
                frequencies.stream().map(of -> RotaryTable.of(of, rows)).toList();
        cos = tables.stream().map(table -> upload(table.cos())).toList();
        sin = tables.stream().map(table -> upload(table.sin())).toList();
    }

    private Value upload(float[] table) {
        int columns = table.length / rows;
        Value fresh = script.call("empty", rows, columns, torchType);
        try (Value wide = script.floats(table, rows, columns)) {
            script.call("copy", wide, fresh).close();
        }
        return fresh;
    }
}
