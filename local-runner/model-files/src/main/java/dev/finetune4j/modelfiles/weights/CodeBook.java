package dev.finetune4j.modelfiles.weights;

import java.util.Arrays;

/** Numbers in rising order, of which the nearest to a number is wanted. */
final class CodeBook {
    private final float[] values;
    /** Between every two of them. */
    private final float[] middles;

    CodeBook(float[] values) {
        this.values = values.clone();
        this.middles = new float[values.length - 1];
        for (int i = 0; i < middles.length; i++) {
            middles[i] = (values[i] + values[i + 1]) / 2;
        }
    }

    /**
     * The 256 numbers of the signed dynamic data type (<a href="https://arxiv.org/abs/1511.04561">Dettmers 2015</a>): 0, 1, and for each
     * of seven powers of ten the centres of 2^i equal parts of 0.1 to 1, of both signs.
     */
    static CodeBook dynamic() {
        float[] values = new float[256];
        int count = 0;
        for (int exponent = 0; exponent < 7; exponent++) {
            float power = (float) Math.pow(10, exponent - 6);
            int parts = 1 << exponent;
            for (int part = 0; part < parts; part++) {
                float centre = power * ((boundary(part, parts) + boundary(part + 1, parts)) / 2);
                values[count++] = centre;
                values[count++] = -centre;
            }
        }
        values[count++] = 0;
        values[count] = 1;
        Arrays.sort(values);
        return new CodeBook(values);
    }

    /** The i-th of the boundaries between parts, counted from the nearer end, as torch.linspace(0.1, 1, parts + 1) does. */
    private static float boundary(int i, int parts) {
        float step = (1f - 0.1f) / parts;
        return i < (parts + 1) / 2 ? Math.fma(step, i, 0.1f) : Math.fma(-step, parts - i, 1f);
    }

    float[] values() {
        return values.clone();
    }

    float value(int index) {
        return values[index];
    }

    /** The index of the nearest; of two that are as near, the smaller. */
    int nearest(float number) {
        int low = 0;
        int high = middles.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (middles[middle] < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
