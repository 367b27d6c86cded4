package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import org.jspecify.annotations.Nullable;

/** Rotary tables on the native side, in the number format of the activations; they grow as longer texts come. */
final class Positions {
    private final TorchScript script;
    private final float[] frequencies;
    private final int torchType;
    private int rows;
    private @Nullable Value cos;
    private @Nullable Value sin;

    Positions(TorchScript script, float[] frequencies, int torchType) {
        this.script = script;
        this.frequencies = frequencies;
        this.torchType = torchType;
    }

    /**
     * Where tokens stand, for the script.
     *
     * @param positions [N] of each token
     * @param groups pairs (sequences, tokens of each) for attention over packed sequences
     * @param seed of dropout, negative for none
     */
    Value place(int[] positions, int[] groups, long seed) {
        int needed = 1;
        for (int position : positions) {
            needed = Math.max(needed, position + 1);
        }
        Value cosines = cos;
        Value sines = sin;
        if (cosines == null || sines == null || needed > rows) {
            rows = Math.max(needed, Math.max(256, 2 * rows));
            RotaryTable table = RotaryTable.of(frequencies, rows);
            cosines = replace(cosines, table.cos());
            sines = replace(sines, table.sin());
            cos = cosines;
            sin = sines;
        }
        try (Value at = script.integers(positions)) {
            return script.call("place", at, cosines, sines, groups, seed);
        }
    }

    private Value replace(@Nullable Value old, float[] table) {
        if (old != null) {
            old.close();
        }
        Value fresh = script.call("empty", rows, frequencies.length, torchType);
        try (Value wide = script.floats(table, rows, frequencies.length)) {
            script.call("copy", wide, fresh).close();
        }
        return fresh;
    }
}
