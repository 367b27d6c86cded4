package dev.finetune4j.training.model.adapter;

import dev.finetune4j.method.LoraTuning;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The factors of an adapter by the weight that they change: delta W = s B A with s = alpha / R. */
public final class LoraFactors {
    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";

    private final FloatBuffer flat;
    private final float scale;
    private final Map<String, LoraLayout.Factor> factors = new HashMap<>();

    /**
     * Looks at a trainable vector.
     *
     * @param layout where the factors lie
     * @param method tells s
     * @param flat the vector, [layout.length()]
     */
    public LoraFactors(LoraLayout layout, LoraTuning method, FloatBuffer flat) {
        this.flat = flat;
        this.scale = (float) (method.alpha() / method.rank());
        layout.factors().forEach(factor -> factors.put(factor.name(), factor));
    }

    /**
     * The factors of one weight, if it has an adapter.
     *
     * @param weight its name, such as {@code model.layers.0.mlp.up_proj.weight}
     */
    public Optional<Pair> of(String weight) {
        String module = PREFIX + (weight.endsWith(".weight") ? weight.substring(0, weight.lastIndexOf('.')) : weight);
        LoraLayout.Factor a = factors.get(module + A);
        LoraLayout.Factor b = factors.get(module + B);
        return a == null || b == null
                ? Optional.empty()
                : Optional.of(new Pair(floats(a), floats(b), a.columns(), scale));
    }

    private float[] floats(LoraLayout.Factor factor) {
        float[] floats = new float[Math.toIntExact(factor.length())];
        flat.get(Math.toIntExact(factor.offset()), floats);
        return floats;
    }

    /** The factors of one weight: A [R, I], B [O, R]. */
    public static final class Pair {
        private final float[] a;
        private final float[] b;
        private final int inputs;
        private final int rank;
        private final float scale;

        private Pair(float[] a, float[] b, int inputs, float scale) {
            this.a = a;
            this.b = b;
            this.inputs = inputs;
            this.rank = a.length / inputs;
            this.scale = scale;
        }

        /**
         * Adds s B A to rows of the weight.
         *
         * @param rows whole rows of W, [n, I]
         * @param first the number of the first of them
         */
        public void addTo(float[] rows, int first) {
            for (int row = 0; row < rows.length / inputs; row++) {
                int begin = row * inputs;
                for (int r = 0; r < rank; r++) {
                    float factor = scale * b[(first + row) * rank + r];
                    int from = r * inputs;
                    for (int i = 0; i < inputs; i++) {
                        rows[begin + i] += factor * a[from + i];
                    }
                }
            }
        }
    }
}
