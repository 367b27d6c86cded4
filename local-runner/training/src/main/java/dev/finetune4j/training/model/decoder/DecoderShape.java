package dev.finetune4j.training.model.decoder;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.Module;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import dev.finetune4j.training.model.adapter.PromptFiles;
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
 * @param biases elements of the biases of all layers
 * @param traits what sets the model apart from Llama
 */
record DecoderShape(
        int layers,
        int width,
        int heads,
        int keyHeads,
        int headWidth,
        int feedForwardWidth,
        int vocabulary,
        boolean tied,
        long biases,
        DecoderTraits traits) {
    private static final String LAYERS_STEM = "model.layers.";

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

    /** Keys and values that all layers keep of a token: L 2 K D. */
    int cachedWidth() {
        return layers * 2 * keyWidth();
    }

    /** Weights of one layer's matrices and norms, biases left out. */
    long layerParameters() {
        long norms = (traits.branchNorms() ? 4L : 2L) * width + (traits.headNorms() ? 2L * headWidth : 0);
        return (long) qkvWidth() * width + (long) width * attentionWidth() + 3L * feedForwardWidth * width + norms;
    }

    /** Weights of the whole model, biases with them. */
    long parameters() {
        return layers * layerParameters() + biases + (long) vocabulary * width * (tied ? 1 : 2) + width;
    }

    /**
     * The layout of a method's adapters.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0472 if a module or layer that the method names does not exist
     */
    LoraLayout adapters(LoraTuning method) {
        return LoraLayout.of(LAYERS_STEM, layers, method, projections());
    }

    /** The layout of a method without adapters. */
    LoraLayout withoutAdapters() {
        return LoraLayout.none(LAYERS_STEM, layers, projections());
    }

    /** What files of virtual tokens say of this model, which is called so. */
    PromptFiles.Base promptBase(ModelName name) {
        return new PromptFiles.Base(name, layers, width, heads, keyHeads, headWidth);
    }

    /** The four projections of a layer with all their modules. */
    List<Projection> projections() {
        return List.of(
                new Projection(width, queryKeyValue()),
                new Projection(attentionWidth(), List.of(new Module("self_attn.o_proj", 0, width))),
                new Projection(width, gateUp()),
                new Projection(feedForwardWidth, List.of(new Module("mlp.down_proj", 0, width))));
    }

    /** Elements of the largest matrix of a layer, modules that are computed as one together. */
    long largestMatrix() {
        return Math.max(width * (long) Math.max(qkvWidth(), attentionWidth()), 2L * feedForwardWidth * width);
    }

    private List<Module> queryKeyValue() {
        return traits.fusedProjections()
                ? List.of(new Module("self_attn.qkv_proj", 0, qkvWidth()))
                : List.of(
                        new Module("self_attn.q_proj", 0, attentionWidth()),
                        new Module("self_attn.k_proj", attentionWidth(), keyWidth()),
                        new Module("self_attn.v_proj", attentionWidth() + keyWidth(), keyWidth()));
    }

    private List<Module> gateUp() {
        return traits.fusedProjections()
                ? List.of(new Module("mlp.gate_up_proj", 0, 2 * feedForwardWidth))
                : List.of(
                        new Module("mlp.gate_proj", 0, feedForwardWidth),
                        new Module("mlp.up_proj", feedForwardWidth, feedForwardWidth));
    }

    /** Numbers that one layer keeps of a token for the way back through the norms of heads and of the feed-forward branch. */
    int normWidth() {
        return (traits.headNorms() ? attentionWidth() + keyWidth() : 0) + branchWidth();
    }

    /** Numbers of a token that a branch gives before its norm; 0 where branches are not normed. */
    int branchWidth() {
        return traits.branchNorms() ? width : 0;
    }
}
