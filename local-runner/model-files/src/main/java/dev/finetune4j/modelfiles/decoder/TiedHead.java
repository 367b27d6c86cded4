package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;

/**
 * The head in the weights of a model whose embedding is said to be its head. Many files hold such a copy, which is not read. Where it is
 * another matrix, configuration and weights contradict each other: transformers 5 takes the head, transformers 4 the embedding.
 */
final class TiedHead {
    private static final String HEAD = "lm_head.weight";
    private static final int PIECE_BYTES = 1 << 20;

    private TiedHead() {}

    /**
     * Passes a head that is the embedding to the bit, or is not there.
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
        boolean isComparable = head.type() == embedding.type() && head.bytes() == embedding.bytes();
        if (isComparable && !isSame(weights, head, embedding)) {
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
        for (long from = 0; from < head.bytes(); from += PIECE_BYTES) {
            int length = (int) Math.min(PIECE_BYTES, head.bytes() - from);
            if (!piece(weights, head, from, length).equals(piece(weights, embedding, from, length))) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer piece(WeightFile weights, TensorEntry tensor, long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        weights.read(tensor.name(), from, bytes);
        return bytes.flip();
    }
}
