package dev.finetune4j.training.model.adapter;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The factors of an adapter by the weight that they change: V = W + s B A, or with DoRA m V / ||V|| row by row. */
public final class LoraFactors {
    private final FloatBuffer flat;
    private final Map<String, LoraLayout.Factor> factors = new HashMap<>();

    /**
     * Looks at a trainable vector.
     *
     * @param layout where the factors lie
     * @param flat the vector, [layout.length()]
     */
    public LoraFactors(LoraLayout layout, FloatBuffer flat) {
        this.flat = flat;
        layout.factors().forEach(factor -> factors.put(factor.name(), factor));
    }

    /**
     * The factors of one weight, if it has an adapter.
     *
     * @param weight its name, such as {@code model.layers.0.mlp.up_proj.weight}
     */
    public Optional<Update> of(String weight) {
        String module = weight.endsWith(".weight") ? weight.substring(0, weight.lastIndexOf('.')) : weight;
        LoraLayout.Factor a = factors.get(LoraLayout.Kind.A.nameOf(module));
        LoraLayout.Factor b = factors.get(LoraLayout.Kind.B.nameOf(module));
        LoraLayout.Factor lengths = factors.get(LoraLayout.Kind.MAGNITUDE.nameOf(module));
        return a == null || b == null
                ? Optional.empty()
                : Optional.of(
                        new Update(floats(a), floats(b), lengths == null ? null : floats(lengths), a.columns(), (float)
                                a.scale()));
    }

    private float[] floats(LoraLayout.Factor factor) {
        float[] floats = new float[Math.toIntExact(factor.length())];
        flat.get(Math.toIntExact(factor.offset()), floats);
        return floats;
    }

    /** The factors of one weight: A [R, I], B [O, R], and with DoRA the lengths m [O]. */
    public static final class Update {
        private final float[] a; // [R, I]
        private final float[] b; // [O, R]
        private final float @Nullable [] lengths; // [O]
        private final int inputs;
        private final int rank;
        private final float scale;

        private Update(float[] a, float[] b, float @Nullable [] lengths, int inputs, float scale) {
            this.a = a;
            this.b = b;
            this.lengths = lengths;
            this.inputs = inputs;
            this.rank = a.length / inputs;
            this.scale = scale;
        }

        /**
         * Changes rows of the weight: W + s B A, or with DoRA m V / ||V||.
         *
         * @param rows whole rows of W, [n, I]
         * @param first the number of the first of them
         */
        public void applyTo(float[] rows, int first) {
            for (int row = 0; row < rows.length / inputs; row++) {
                int begin = row * inputs;
                for (int r = 0; r < rank; r++) {
                    float scaled = scale * b[(first + row) * rank + r];
                    int from = r * inputs;
                    for (int i = 0; i < inputs; i++) {
                        rows[begin + i] += scaled * a[from + i];
                    }
                }
                if (lengths != null) {
                    stretch(rows, begin, lengths[first + row]);
                }
            }
        }

        /** v = m v / ||v||, for one row of V; a row of zeros, which has no direction, stays. */
        private void stretch(float[] rows, int begin, float length) {
            double squares = 0;
            for (int i = 0; i < inputs; i++) {
                squares += (double) rows[begin + i] * rows[begin + i];
            }
            float gain = squares == 0 ? 0 : (float) (length / Math.sqrt(squares));
            for (int i = 0; i < inputs; i++) {
                rows[begin + i] *= gain;
            }
        }
    }
}
