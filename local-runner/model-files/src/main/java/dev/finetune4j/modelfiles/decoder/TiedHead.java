package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The head in the weights of a model whose embedding is said to be its head. Many files hold such a copy, which is not read. Where it is
 * another matrix, configuration and weights contradict each other: transformers 5 takes the head, transformers 4 the embedding.
 */
final class TiedHead {
    private static final String HEAD = "lm_head.weight";
    private static final int PIECE_ELEMENTS = 1 << 18;

    private TiedHead() {}

    /**
     * Passes a head that is the embedding, to the bit or, where it is stored in another number format, in its values as floats; one in
     * a format that is not read, which cannot be compared; or none.
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
        for (long from = 0; from < head.elements(); from += PIECE_ELEMENTS) {
            int count = (int) Math.min(PIECE_ELEMENTS, head.elements() - from);
            boolean isSame = isToTheBit
                    ? ofHead.bytes(from, count).equals(ofEmbedding.bytes(from, count))
                    : ofHead.floats(from, count).equals(ofEmbedding.floats(from, count));
            if (!isSame) {
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

        FloatBuffer floats(long from, int count) {
            Dequantization.decode(tensor.type(), bytes(from, count), floats.clear());
            return floats.flip();
        }
    }
}
