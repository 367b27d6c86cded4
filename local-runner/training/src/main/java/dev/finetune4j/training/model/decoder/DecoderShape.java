package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.Module;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import java.util.List;

/**
 * The sizes of a decoder.
 *
 * @param layers L
 * @param width C
 * @param heads query heads H
 * @param keyHeads key and value heads K; divides H
 * @param headWidth D
 * @param feedForwardWidth F
 * @param vocabulary V
 * @param tied whether the head is the embedding
 */
record DecoderShape(
        int layers,
        int width,
        int heads,
        int keyHeads,
        int headWidth,
        int feedForwardWidth,
        int vocabulary,
        boolean tied) {
    /** Inputs of the output projection: H D. */
    int attentionWidth() {
        return heads * headWidth;
    }

    /** Outputs of a key or value projection: K D. */
    int keyWidth() {
        return keyHeads * headWidth;
    }

    /** Outputs of query, key and value together: (H + 2 K) D. */
    int qkvWidth() {
        return attentionWidth() + 2 * keyWidth();
    }

    /** Weights of one layer's matrices and norms, biases left out. */
    long layerParameters() {
        return (long) qkvWidth() * width + (long) width * attentionWidth() + 3L * feedForwardWidth * width + 2L * width;
    }

    /** Weights of the whole model, biases left out. */
    long parameters() {
        return layers * layerParameters() + (long) vocabulary * width * (tied ? 1 : 2) + width;
    }

    /** The four projections of a layer with all their modules. */
    List<Projection> projections() {
        return List.of(
                new Projection(
                        width,
                        List.of(
                                new Module("self_attn.q_proj", 0, attentionWidth()),
                                new Module("self_attn.k_proj", attentionWidth(), keyWidth()),
                                new Module("self_attn.v_proj", attentionWidth() + keyWidth(), keyWidth()))),
                new Projection(attentionWidth(), List.of(new Module("self_attn.o_proj", 0, width))),
                new Projection(
                        width,
                        List.of(
                                new Module("mlp.gate_proj", 0, feedForwardWidth),
                                new Module("mlp.up_proj", feedForwardWidth, feedForwardWidth))),
                new Projection(feedForwardWidth, List.of(new Module("mlp.down_proj", 0, width))));
    }

    /** Inner values of all adapters of a layer for one token: rank times adapted modules. */
    static int adapterWidth(LoraLayout layout) {
        return layout.rank()
                * layout.projections().stream()
                        .mapToInt(projection -> projection.modules().size())
                        .sum();
    }
}
