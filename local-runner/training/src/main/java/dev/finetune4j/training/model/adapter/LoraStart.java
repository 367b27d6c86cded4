package dev.finetune4j.training.model.adapter;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How a fresh adapter starts, as PEFT does it: A is drawn from U(-b, b) with b = 1 / sqrt(I), which is
 * {@code kaiming_uniform_(a=sqrt(5))} (<a href="https://arxiv.org/abs/1502.01852">He et al. 2015</a>); B is zero, so that a fresh
 * adapter changes nothing. The lengths of DoRA are zero, too, until {@code magnitude.ts.py} takes them from the weights.
 */
public final class LoraStart {
    private LoraStart() {}

    /**
     * Fills the flat vector.
     *
     * @param layout where the factors lie
     * @param seed decides the draw; the generator is Java's own, so that every machine draws the same
     * @param flat the vector, [layout.length()]
     */
    public static void fill(LoraLayout layout, long seed, FloatBuffer flat) {
        for (LoraLayout.Factor factor : layout.factors()) {
            int offset = Math.toIntExact(factor.offset());
            SplittableRandom random = new SplittableRandom(seedOf(factor, seed));
            double bound = boundOf(factor);
            for (int i = 0; i < factor.length(); i++) {
                flat.put(
                        offset + i,
                        factor.kind() == LoraLayout.Kind.A ? (float) ((2 * random.nextDouble() - 1) * bound) : 0f);
            }
        }
    }

    /** The seed of Java's {@link SplittableRandom} whose numbers a factor starts as. */
    static long seedOf(LoraLayout.Factor factor, long seed) {
        return seed ^ factor.name().hashCode() * 0x9E3779B97F4A7C15L;
    }

    /** The largest magnitude that a factor's numbers start with. */
    static double boundOf(LoraLayout.Factor factor) {
        return 1 / Math.sqrt(factor.columns());
    }

    /**
     * How the factors of a layout are drawn, for whoever draws them elsewhere; those that are not drawn start as zero, and the lengths of
     * DoRA as those of the weights.
     */
    public static List<Draw> draws(LoraLayout layout, long seed) {
        return layout.factors().stream()
                .filter(factor -> factor.kind() == LoraLayout.Kind.A)
                .map(factor ->
                        new Draw(factor.name(), factor.rows(), factor.columns(), seedOf(factor, seed), boundOf(factor)))
                .toList();
    }

    /**
     * A factor that starts as numbers drawn from U(-b, b), row by row.
     *
     * @param name its name in a PEFT adapter file
     * @param rows R
     * @param columns I
     * @param seed of Java's {@link SplittableRandom}
     * @param bound b
     */
    public record Draw(String name, int rows, int columns, long seed, double bound) {}
}
