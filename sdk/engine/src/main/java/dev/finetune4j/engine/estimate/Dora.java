package dev.finetune4j.engine.estimate;

/**
 * What one layer costs more with DoRA (Liu et al. 2024, https://arxiv.org/abs/2402.09353) than with LoRA where PEFT computes it. Each forward
 * pass over an adapted matrix of I inputs and O outputs, whatever the tokens are, multiplies the factors by the identity, adds their product
 * to the weights and takes the length of every row ({@code DoraLinearLayer.forward}, PEFT 0.21).
 *
 * @param weights {@code I O} of all adapted matrices
 * @param movedBytes bytes moved in such a pass, {@code 22 I O + 12 I^2}: the product is written in single precision, cast, scaled and added to the
 *     weights, of whose sum the lengths are taken; the identity is written in single precision, cast, and read
 * @param keptBytes bytes kept of a token for the gradients of the lengths, {@code 6 O}: the base's output in half precision and the adapter's
 *     in single
 * @param workBytes bytes held at once for the largest matrix, {@code 10 I O + 6 I^2}
 */
record Dora(double weights, double movedBytes, double keptBytes, double workBytes) {
    /** Where lengths are not trained apart. */
    static final Dora NONE = new Dora(0, 0, 0, 0);

    /**
     * Of one kind of matrix.
     *
     * @param inputs I
     * @param outputs O
     * @param copies matrices of this kind in a layer
     * @param passed how many of them a token passes
     */
    static Dora of(double inputs, double outputs, double copies, double passed) {
        double matrix = inputs * outputs;
        double identity = inputs * inputs;
        return new Dora(
                copies * matrix,
                copies * (22 * matrix + 12 * identity),
                passed * 6 * outputs,
                copies == 0 ? 0 : 10 * matrix + 6 * identity);
    }

    Dora plus(Dora other) {
        return new Dora(
                weights + other.weights,
                movedBytes + other.movedBytes,
                keptBytes + other.keptBytes,
                Math.max(workBytes, other.workBytes));
    }
}
