package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.training.model.adapter.LoraLayout.Module;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.PackedReader;
import dev.finetune4j.training.model.weights.TensorReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights on the native side, or as many gradients in the same order.
 *
 * @param embedding [V, C]
 * @param norm [C]
 * @param head [V, C], the embedding where tied
 * @param layers for each layer fourteen tensors, in the order that {@code decoder.ts.py} names
 * @param places where each stored tensor goes
 */
record DecoderWeights(Value embedding, Value norm, Value head, List<Value> layers, List<Place> places) {
    /** Tensors of a layer, as {@code decoder.ts.py} takes them. */
    private static final int OF_LAYER = 14;

    /** Which of them are the matrices of the four projections. */
    private static final int[] PROJECTIONS = {1, 5, 9, 11};

    /**
     * The place of one stored tensor.
     *
     * @param tensor the stored tensor
     * @param target the tensor that it becomes or is a part of
     * @param firstRow first row, or element of a vector, of its part
     * @param isShifted whether it is the weights of a norm that are stored less 1
     * @param isTurned whether its rows are heads that rotary positions turn
     * @param site the projection whose matrix it is rows of, null for others
     */
    record Place(
            ExpectedTensor tensor,
            Value target,
            long firstRow,
            boolean isShifted,
            boolean isTurned,
            @Nullable Site site) {
        /** Heads whose rotary pairs lie side by side in the file, 0 for none. */
        private long interleavedHeads(ModelConfig config) {
            return config.interleavedRotary() && isTurned ? tensor.shape().get(0) / config.headSize() : 0;
        }
    }

    /**
     * One of the four projections of a layer.
     *
     * @param layer the layer
     * @param projection its number among the four
     */
    record Site(int layer, int projection) {}

    /**
     * Packed rows of the matrix of a projection.
     *
     * @param site the projection
     * @param part what the script unpacks
     */
    record PackedPart(Site site, Value part) {}

    /**
     * Room for all weights, which are not read yet.
     *
     * @param tensors what the file calls them, and their shapes
     * @param config the model
     * @param shape its sizes
     * @param room gives the memory
     */
    static DecoderWeights in(WeightRoom room, DecoderTensors tensors, ModelConfig config, DecoderShape shape) {
        return new Layout(room, tensors, config.traits()).lay(shape);
    }

    /** The gradients of a model that is frozen: [0] for each weight. */
    static DecoderWeights none(TorchScript script, DecoderShape shape) {
        Value nothing = script.call("vector", 0, TorchScript.FLOAT32);
        return new DecoderWeights(
                nothing, nothing, nothing, Collections.nCopies(OF_LAYER * shape.layers(), nothing), List.of());
    }

    /** The same layers between another embedding and another head. */
    DecoderWeights between(Value otherEmbedding, Value otherHead) {
        return new DecoderWeights(otherEmbedding, norm, otherHead, layers, places);
    }

    /** The same, but projections are unpacked into another room. */
    DecoderWeights unpackedIn(TorchScript script, Value room, DecoderShape shape) {
        List<Value> others = new ArrayList<>(layers);
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int i = 0; i < PROJECTIONS.length; i++) {
                Projection projection = shape.projections().get(i);
                others.set(
                        OF_LAYER * layer + PROJECTIONS[i],
                        script.call("matrix_of", room, 0, outputs(projection), projection.inputs()));
            }
        }
        return new DecoderWeights(embedding, norm, head, others, places);
    }

    private static int outputs(Projection projection) {
        return projection.modules().stream().mapToInt(Module::outputs).sum();
    }

    /** Reads all weights into their places, as the script computes with them. */
    void read(TorchScript script, TensorReader reader, ModelConfig config) {
        places.forEach(place -> read(place, script, reader, config));
    }

    private static void read(Place place, TorchScript script, TensorReader reader, ModelConfig config) {
        reader.copy(place.tensor(), place.target(), place.firstRow());
        if (place.isShifted()) {
            script.call("shift", place.target(), 1.0).close();
        }
        long heads = place.interleavedHeads(config);
        if (heads > 0) {
            long end = place.firstRow() + place.tensor().shape().get(0);
            script.call("deinterleave", place.target(), place.firstRow(), end, heads)
                    .close();
        }
    }

    /** Reads all weights; matrices of projections are not read into their places, but come back packed. */
    List<PackedPart> readPacked(TorchScript script, TensorReader reader, PackedReader packed, ModelConfig config) {
        List<PackedPart> parts = new ArrayList<>();
        for (Place place : places) {
            Site site = place.site();
            if (site == null) {
                read(place, script, reader, config);
            } else {
                Value part =
                        packed.read(place.tensor(), place.target(), place.firstRow(), place.interleavedHeads(config));
                parts.add(new PackedPart(site, part));
            }
        }
        return parts;
    }

    /** Asks for room, one tensor after the other. */
    private static final class Layout {
        private final WeightRoom room;
        private final DecoderTensors tensors;
        private final DecoderTraits traits;
        private final List<Place> places = new ArrayList<>();

        Layout(WeightRoom room, DecoderTensors tensors, DecoderTraits traits) {
            this.room = room;
            this.tensors = tensors;
            this.traits = traits;
        }

        DecoderWeights lay(DecoderShape shape) {
            Value embedding = whole(tensors.embedding());
            Value head = tensors.head().map(this::whole).orElse(embedding);
            List<Value> layers = new ArrayList<>();
            for (int layer = 0; layer < shape.layers(); layer++) {
                List<Projection> projections = shape.projections();
                layers.add(norm(layer, DecoderTensors.ATTENTION_NORM));
                projection(new Site(layer, 0), projections, layers);
                layers.add(norm(layer, DecoderTensors.QUERY_NORM, traits.headNorms()));
                layers.add(norm(layer, DecoderTensors.KEY_NORM, traits.headNorms()));
                projection(new Site(layer, 1), projections, layers);
                layers.add(norm(layer, DecoderTensors.ATTENTION_END_NORM, traits.branchNorms()));
                layers.add(norm(layer, tensors.feedForwardNorm()));
                projection(new Site(layer, 2), projections, layers);
                projection(new Site(layer, 3), projections, layers);
                layers.add(norm(layer, DecoderTensors.FEED_FORWARD_END_NORM, traits.branchNorms()));
            }
            return new DecoderWeights(embedding, norm(tensors.norm()), head, layers, places);
        }

        private Value whole(ExpectedTensor tensor) {
            List<Long> shape = tensor.shape();
            Value target = room.matrix(shape.get(0), shape.get(1));
            places.add(new Place(tensor, target, 0, false, false, null));
            return target;
        }

        private Value norm(ExpectedTensor tensor) {
            Value target = room.norm(tensor.shape().get(0));
            places.add(new Place(tensor, target, 0, traits.shiftedNorms(), false, null));
            return target;
        }

        private Value norm(int layer, String path) {
            return norm(needed(layer, path));
        }

        /** The weights of a norm that not every model has. */
        private Value norm(int layer, String path, boolean isThere) {
            return isThere ? norm(layer, path) : room.norm(0);
        }

        private ExpectedTensor needed(int layer, String path) {
            return tensors.inLayer(layer, path).orElseThrow();
        }

        /** Weight and bias of modules that are computed as one, the modules' rows below each other. */
        private void projection(Site site, List<Projection> projections, List<Value> into) {
            Projection projection = projections.get(site.projection());
            int outputs = outputs(projection);
            Value weight = room.projection(outputs, projection.inputs());
            boolean isBiased = projection.modules().stream()
                    .allMatch(module -> tensors.inLayer(site.layer(), module.path() + ".bias")
                            .isPresent());
            Value bias = room.bias(isBiased ? outputs : 0);
            for (Module module : projection.modules()) {
                place(site.layer(), module, ".weight", weight, site);
                if (isBiased) {
                    place(site.layer(), module, ".bias", bias, null);
                }
            }
            into.add(weight);
            into.add(bias);
        }

        private void place(int layer, Module module, String kind, Value target, @Nullable Site site) {
            boolean isTurned = module.name().equals("q_proj") || module.name().equals("k_proj");
            ExpectedTensor tensor = needed(layer, module.path() + kind);
            places.add(new Place(tensor, target, module.firstOutput(), false, isTurned, site));
        }
    }
}
