package dev.finetune4j.training.model.decoder;

/**
 * Cosines and sines of rotary positions, computed in the precision that transformers uses, so that the tables are the same numbers:
 * frequencies and angles are rounded to float32.
 *
 * @param cos [positions, D/2], row by row
 * @param sin [positions, D/2]
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native memory as they are
record RotaryTable(float[] cos, float[] sin) {
    /**
     * The table of a model.
     *
     * @param frequencies of the D/2 pairs
     * @param positions rows
     */
    static RotaryTable of(RotaryFrequencies frequencies, int positions) {
        int half = frequencies.perPair().length;
        float[] cos = new float[Math.multiplyExact(positions, half)];
        float[] sin = new float[cos.length];
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies.perPair()[i];
                cos[position * half + i] = (float) (Math.cos(angle) * frequencies.magnitude());
                sin[position * half + i] = (float) (Math.sin(angle) * frequencies.magnitude());
            }
        }
        return new RotaryTable(cos, sin);
    }
}
