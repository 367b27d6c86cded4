package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.FloatEncoding;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;

/**
 * The head in the weights of a model whose embedding is said to be its head. Many files hold such a copy, which is not read. Where it is
 * another matrix, configuration and weights contradict each other: transformers 5 takes the head, transformers 4 the embedding.
 */
final class TiedHead {
    private static final String HEAD = "lm_head.weight";
    private static final int PIECE_ELEMENTS = 1 << 18;

    private TiedHead() {}

    /**
     * Passes a head that is the embedding, to the bit or, where it is stored in another number format, after both are rounded to the
     * narrower one; one in a format that is not read, which cannot be compared; or none.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0421 if it is another
     */
    static void refuseAnother(ModelFolder folder, WeightFile weights, ModelConfig config) {
        TensorEntry head = weights.tensors().get(HEAD);
        if (head == null || !config.tiedEmbeddings()) {
            return;
        }
        TensorEntry embedding =
                weights.entry(DecoderTensors.of(config, false).embedding().name());
        if (!isSame(weights, head, embedding)) {
            throw ModelFilesProblems.CONFIG_INVALID
                    .error("tie_word_embeddings is true, and " + HEAD + " is not " + embedding.name())
                    .at(Location.of(folder.path().resolve("config.json").toString()))
                    .because("the weights hold a head of their own, which would not be used")
                    .remedy("\"tie_word_embeddings\": false    # in config.json, if the head was trained apart")
                    .remedy("remove " + HEAD + " from the weights, if the model was trained with tied weights")
                    .asException();
        }
    }

    private static boolean isSame(WeightFile weights, TensorEntry head, TensorEntry embedding) {
        if (!head.shape().equals(embedding.shape())) {
            return false;
        }
        boolean isToTheBit = head.type() == embedding.type();
        if (!isToTheBit && !Dequantization.isSupported(head.type())) {
            return true;
        }
        Pieces ofHead = new Pieces(weights, head);
        Pieces ofEmbedding = new Pieces(weights, embedding);
        if (isToTheBit) {
            return holdsForAll(
                    head.elements(), (from, count) -> ofHead.bytes(from, count).equals(ofEmbedding.bytes(from, count)));
        }
        // transformers loads both in one format before it compares them; of two that are as wide, either may be that of
        // the copy
        int narrower = Math.min(head.type().blockBytes(), embedding.type().blockBytes());
        return Stream.of(head.type(), embedding.type())
                .filter(type -> type.blockBytes() == narrower)
                .anyMatch(type -> holdsForAll(
                        head.elements(),
                        (from, count) ->
                                ofHead.rounded(type, from, count).equals(ofEmbedding.rounded(type, from, count))));
    }

    /** What is asked of a piece of two tensors. */
    private interface Check {
        boolean holds(long from, int count);
    }

    private static boolean holdsForAll(long elements, Check check) {
        for (long from = 0; from < elements; from += PIECE_ELEMENTS) {
            if (!check.holds(from, (int) Math.min(PIECE_ELEMENTS, elements - from))) {
                return false;
            }
        }
        return true;
    }

    /** The elements of a tensor, so many at a time, each time in the same buffers. */
    private static final class Pieces {
        private final WeightFile weights;
        private final TensorEntry tensor;
        private final ByteBuffer bytes;
        private final FloatBuffer floats;

        Pieces(WeightFile weights, TensorEntry tensor) {
            this.weights = weights;
            this.tensor = tensor;
            int most = (int) Math.min(PIECE_ELEMENTS, tensor.elements());
            this.bytes = ByteBuffer.allocate((int) tensor.type().bytesOf(most));
            this.floats = FloatBuffer.allocate(most);
        }

        ByteBuffer bytes(long from, int count) {
            bytes.clear().limit((int) tensor.type().bytesOf(count));
            weights.read(tensor.name(), tensor.type().bytesOf(from), bytes);
            return bytes.flip();
        }

        /** The nearest values that a format has which is no wider than the tensor's own. */
        FloatBuffer rounded(TensorType type, long from, int count) {
            Dequantization.decode(tensor.type(), bytes(from, count), floats.clear());
            floats.flip();
            if (type != tensor.type() && (type == TensorType.F16 || type == TensorType.BF16)) {
                FloatEncoding.encode(type, floats, bytes.clear());
                Dequantization.decode(type, bytes.flip(), floats.clear());
                floats.flip();
            }
            return floats;
        }
    }
}
