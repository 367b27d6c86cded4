package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.nio.FloatBuffer;
import java.util.Random;

/** How a head that no file holds starts, as transformers starts new layers: weights drawn from N(0, initializer_range), biases zero. */
final class FreshHead {
    private FreshHead() {}

    /**
     * Fills a tensor of a head.
     *
     * @param tensor its name, which decides the draw with the seed, and its shape
     * @param deviation initializer_range of the model
     * @param seed decides the draw; the generator is Java's own, so that every machine draws the same
     * @param target its elements, filled to the end
     */
    static void draw(ExpectedTensor tensor, double deviation, long seed, FloatBuffer target) {
        boolean isWeight = tensor.shape().size() == 2;
        Random random = new Random(seed ^ tensor.name().hashCode() * 0x9E3779B97F4A7C15L);
        while (target.hasRemaining()) {
            target.put(isWeight ? (float) (random.nextGaussian() * deviation) : 0f);
        }
    }
}
