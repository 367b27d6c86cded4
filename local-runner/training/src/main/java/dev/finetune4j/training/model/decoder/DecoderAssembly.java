package dev.finetune4j.training.model.decoder;

import dev.finetune4j.job.Precision;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.AdaptedProjection;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.model.adapter.PromptFiles;
import dev.finetune4j.training.model.adapter.RowLengths;
import dev.finetune4j.training.model.adapter.SavedModules;
import dev.finetune4j.training.model.decoder.DecoderModel.Network;
import dev.finetune4j.training.model.decoder.DecoderModel.Sharer;
import dev.finetune4j.training.model.decoder.DecoderWeights.PackedPart;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.PackedReader;
import dev.finetune4j.training.model.weights.TensorReader;
import dev.finetune4j.training.model.weights.Trainables;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts a decoder together from its weights and what is trained of it. */
final class DecoderAssembly {
    private final TorchScript script;
    private final ModelFolder folder;
    private final ModelConfig config;
    private final DecoderTensors tensors;
    private final WeightFile file;
    private final TensorReader reader;
    private final DecoderModel.Plan plan;
    private final int torchType;
    private final PackedSizes packed;

    /**
     * Prepares; nothing is read yet.
     *
     * @param script makes the tensors
     * @param folder the base model
     * @param file its weights
     * @param plan the model's sizes
     * @param precision its number format
     * @param packed what stays packed of it where it is frozen
     */
    DecoderAssembly(
            TorchScript script,
            ModelFolder folder,
            WeightFile file,
            DecoderModel.Plan plan,
            Precision precision,
            PackedSizes packed) {
        this.script = script;
        this.folder = folder;
        this.file = file;
        this.plan = plan;
        this.packed = packed;
        config = folder.config();
        tensors = DecoderTensors.of(config, folder.isGguf());
        reader = new TensorReader(script, file);
        torchType = precision == Precision.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT32;
    }

    /**
     * A model with adapters.
     *
     * @param layout the adapters
     * @param beside embedding and head where they are trained, too
     * @param method how they are trained
     * @param adapter a finished adapter to start from, or null for a fresh one
     * @param seed of a fresh adapter
     */
    DecoderModel withAdapters(
            LoraLayout layout, ModulesBeside beside, TuningMethod method, @Nullable Path adapter, long seed) {
        Frozen frozen = frozen();
        DecoderWeights weights = frozen.weights();
        Trainables trainables = trainables();
        for (FlatLayout.Slice module : beside.places().slices()) {
            Value target = view(Optional.of(module), trainables.values(), trainables.values());
            reader.copy(ModulesBeside.source(module, tensors), target, 0);
        }
        LoraTuning lora = method.adapters().orElseThrow();
        SavedModules saved = beside.saved(lora);
        if (adapter == null) {
            ByteBuffer factors = trainables.memory(0, Math.toIntExact(layout.length()));
            LoraStart.fill(layout, seed, factors.asFloatBuffer());
        } else {
            AdapterFiles.read(adapter, layout, saved, lora, trainables::memory);
        }
        trainables.valuesChanged();
        DecoderWeights none = DecoderWeights.none(script, plan.shape());
        Value decoder = decoder(weights, none);
        Value tunedDecoder = decoder(
                weights.between(
                        view(beside.embedding(), trainables.computed(), weights.embedding()),
                        view(beside.head(), trainables.computed(), weights.head())),
                none.between(
                        view(beside.embedding(), trainables.gradient(), none.embedding()),
                        view(beside.head(), trainables.gradient(), none.head())));
        Value tuned = layers(decoder, frozen, trainables, trainables.gradient(), layout);
        Value base = layers(decoder, frozen, trainables, trainables.gradient(), layout.withoutAdapters());
        if (layout.dora()) {
            RowLengths.train(script, script.call("linears", tuned), layout, trainables, adapter == null);
        }
        return new DecoderModel(
                plan,
                script,
                new Network(
                        new DecoderStack(tunedDecoder, tuned),
                        new DecoderStack(decoder, base),
                        sharers(decoder, frozen, trainables, layout)),
                trainables,
                positions(),
                target -> AdapterFiles.write(target, layout, saved, method, plan.baseModel(), trainables::memory));
    }

    /** One for each gradient but the first. */
    private List<Sharer> sharers(Value decoder, Frozen frozen, Trainables trainables, LoraLayout layout) {
        return IntStream.range(1, plan.trained().gradients())
                .mapToObj(i -> {
                    Value gradient = script.call("vector", trainables.length(), TorchScript.FLOAT32);
                    Value layers = layers(decoder, unpackedApart(frozen), trainables, gradient, layout);
                    return new Sharer(new DecoderStack(decoder, layers), gradient);
                })
                .toList();
    }

    /** The same weights for another thread, which cannot unpack into the room of the first. */
    private Frozen unpackedApart(Frozen frozen) {
        if (packed.packing() == null) {
            return frozen;
        }
        Value room = script.call("vector", packed.roomElements(), torchType);
        return new Frozen(frozen.weights().unpackedIn(script, room, plan.shape()), frozen.parts());
    }

    /** Layers whose weights are frozen, packed ones among them. */
    private Value layers(Value decoder, Frozen frozen, Trainables trainables, Value gradient, LoraLayout layout) {
        return layers(decoder, frozen, trainables, gradient, layout, noPrefix());
    }

    /** The same with keys and values of virtual tokens, and their gradient. */
    private Value layers(
            Value decoder,
            Frozen frozen,
            Trainables trainables,
            Value gradient,
            LoraLayout layout,
            List<Value> trainedPrefix) {
        DecoderWeights none = DecoderWeights.none(script, plan.shape());
        Value layers = layers(decoder, frozen.weights(), none, trainedPrefix, trainables.computed(), gradient, layout);
        for (PackedPart each : frozen.parts()) {
            script.call("attach", layers, each.site().layer(), each.site().projection(), each.part())
                    .close();
        }
        return layers;
    }

    /** A module that is trained as a view of a flat vector, or else what stands in its place. */
    private Value view(Optional<FlatLayout.Slice> module, Value vector, Value otherwise) {
        return module.map(slice -> script.call(
                        "matrix_of",
                        vector,
                        slice.offset(),
                        slice.tensor().shape().get(0),
                        slice.tensor().shape().get(1)))
                .orElse(otherwise);
    }

    /**
     * A model with virtual tokens whose embeddings are trained.
     *
     * @param method how many
     * @param adapter finished virtual tokens to start from, or null for fresh ones
     * @param start the token that each fresh one starts as
     */
    DecoderModel withVirtualTokens(TuningMethod method, @Nullable Path adapter, List<Integer> start) {
        Frozen frozen = frozen();
        Trainables trainables = trainables();
        DecoderShape shape = plan.shape();
        Value decoder = decoder(
                frozen.weights(),
                DecoderWeights.none(script, shape),
                ofVirtualTokens(trainables.computed(), shape.width()),
                ofVirtualTokens(trainables.gradient(), shape.width()));
        fillVirtualTokens(trainables, method, adapter, values -> {
            try (Value tokens = script.integers(ints(start))) {
                script.call("start_prompt", tokens, decoder, values).close();
            }
        });
        DecoderStack stack = plain(decoder, frozen, trainables);
        return behindVirtualTokens(method, new Network(stack, stack), trainables, positions());
    }

    /**
     * A model with virtual tokens whose keys and values are trained.
     *
     * @param method how many
     * @param adapter finished keys and values to start from, or null for fresh ones
     * @param start the token whose keys and values each fresh one starts as, in a text of these
     */
    DecoderModel withTrainedPrefix(TuningMethod method, @Nullable Path adapter, List<Integer> start) {
        Frozen frozen = frozen();
        Trainables trainables = trainables();
        DecoderShape shape = plan.shape();
        Positions positions = positions();
        Value decoder = decoder(frozen.weights(), DecoderWeights.none(script, shape));
        DecoderStack base = plain(decoder, frozen, trainables);
        fillVirtualTokens(trainables, method, adapter, values -> {
            CachedDecoder cached = new CachedDecoder(script, shape.layers(), start.size(), positions);
            cached.start(base, ints(start), values);
        });
        List<Value> prefix = List.of(
                ofVirtualTokens(trainables.computed(), shape.cachedWidth()),
                ofVirtualTokens(trainables.gradient(), shape.cachedWidth()));
        Value layers = layers(decoder, frozen, trainables, trainables.gradient(), shape.withoutAdapters(), prefix);
        return behindVirtualTokens(method, new Network(new DecoderStack(decoder, layers), base), trainables, positions);
    }

    /** What is trained of virtual tokens as a finished adapter has it, or where there is none as {@code fresh} makes it. */
    private void fillVirtualTokens(
            Trainables trainables, TuningMethod method, @Nullable Path adapter, Consumer<Value> fresh) {
        if (adapter == null) {
            fresh.accept(trainables.values());
        } else {
            PromptFiles.Base base = plan.shape().promptBase(plan.baseModel());
            PromptFiles.read(adapter, method, base, trainables.values().memory());
        }
        trainables.valuesChanged();
    }

    private DecoderModel behindVirtualTokens(
            TuningMethod method, Network network, Trainables trainables, Positions positions) {
        PromptFiles.Base base = plan.shape().promptBase(plan.baseModel());
        return new DecoderModel(
                plan,
                script,
                network,
                trainables,
                positions,
                target -> PromptFiles.write(
                        target, method, base, trainables.values().memory()));
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A model whose every weight is trained: the weights are views of the trained vector. */
    DecoderModel trainedWhole() {
        Trainables trainables = trainables();
        DecoderWeights values = whole(trainables.values(), trainables.values());
        values.read(script, reader, config);
        trainables.valuesChanged();
        // Norms multiply in float32 whatever the activations are, so they need no narrow copy.
        DecoderWeights computed = whole(trainables.computed(), trainables.values());
        DecoderWeights gradient = whole(trainables.gradient(), trainables.gradient());
        Value decoder = decoder(computed, gradient);
        Value layers =
                layers(decoder, computed, gradient, trainables, plan.shape().withoutAdapters());
        WholeModelFiles files = new WholeModelFiles(script, folder, values);
        return new DecoderModel(
                plan,
                script,
                new Network(new DecoderStack(decoder, layers), null),
                trainables,
                positions(),
                files::write);
    }

    /** A model that only answers. */
    DecoderModel untrained() {
        Frozen frozen = frozen();
        Trainables trainables = trainables();
        Value decoder = decoder(frozen.weights(), DecoderWeights.none(script, plan.shape()));
        Network network = new Network(null, plain(decoder, frozen, trainables));
        return new DecoderModel(plan, script, network, trainables, positions(), target -> {
            throw new IllegalStateException("a model that only answers has nothing to write");
        });
    }

    /** A frozen decoder without adapters. */
    private DecoderStack plain(Value decoder, Frozen frozen, Trainables trainables) {
        return new DecoderStack(
                decoder,
                layers(
                        decoder,
                        frozen,
                        trainables,
                        trainables.gradient(),
                        plan.shape().withoutAdapters()));
    }

    private Trainables trainables() {
        return new Trainables(script, plan.trained().length(), plan.trained().decayed(), torchType);
    }

    /**
     * Weights that are not trained.
     *
     * @param weights the weights; of projections that are packed the room in which they are unpacked
     * @param parts what is packed
     */
    private record Frozen(DecoderWeights weights, List<PackedPart> parts) {}

    private Frozen frozen() {
        DecoderWeights weights = DecoderWeights.in(room(), tensors, config, plan.shape());
        if (packed.packing() == null) {
            weights.read(script, reader, config);
            return new Frozen(weights, List.of());
        }
        try (PackedReader packer = new PackedReader(script, file, reader, packed.packing(), packed.roomElements())) {
            return new Frozen(weights, weights.readPacked(script, reader, packer, config));
        }
    }

    /** Weights of norms that are stored less 1 stay in float32, for 1 + w would lose what bfloat16 holds of a small w. */
    private WeightRoom room() {
        int normType = config.traits().shiftedNorms() ? TorchScript.FLOAT32 : torchType;
        WeightRoom apart = WeightRoom.apart(script, torchType, normType);
        return packed.packing() == null
                ? apart
                : WeightRoom.sharing(script, apart, script.call("vector", packed.roomElements(), torchType));
    }

    private DecoderWeights whole(Value vector, Value norms) {
        WeightRoom room =
                WeightRoom.within(script, vector, norms, plan.trained().decayed());
        return DecoderWeights.in(room, tensors, config, plan.shape());
    }

    /** A vector of what is trained of virtual tokens, or of as many gradients, as a matrix of so many columns. */
    private Value ofVirtualTokens(Value vector, int width) {
        return script.call("matrix_of", vector, 0, plan.trained().virtualTokens(), width);
    }

    private List<Value> noPrefix() {
        Value none = script.call("empty", 0, plan.shape().cachedWidth(), torchType);
        return List.of(none, none);
    }

    private Value decoder(DecoderWeights weights, DecoderWeights gradient) {
        Value none = script.call("empty", 0, plan.shape().width(), torchType);
        return decoder(weights, gradient, none, none);
    }

    private Value decoder(DecoderWeights weights, DecoderWeights gradient, Value prompt, Value promptGradient) {
        DecoderShape shape = plan.shape();
        return script.call(
                "decoder",
                weights.embedding(),
                weights.norm(),
                weights.head(),
                shape.heads(),
                shape.keyHeads(),
                shape.headWidth(),
                config.rmsEpsilon(),
                config.activation().equals(SupportedArchitectures.GELU) ? 1 : 0,
                config.traits().embeddingScale(),
                config.traits().logitCap(),
                List.of(gradient.embedding(), gradient.norm(), gradient.head(), promptGradient),
                prompt,
                config.untrainedToken());
    }

    private Value layers(
            Value decoder, DecoderWeights weights, DecoderWeights gradient, Trainables trainables, LoraLayout layout) {
        return layers(decoder, weights, gradient, noPrefix(), trainables.computed(), trainables.gradient(), layout);
    }

    private Value layers(
            Value decoder,
            DecoderWeights weights,
            DecoderWeights gradient,
            List<Value> trainedPrefix,
            Value adapters,
            Value adapterGradient,
            LoraLayout layout) {
        DecoderTraits traits = config.traits();
        int window = config.slidingWindowIfAny().orElse(0);
        boolean hasOwnRotary = traits.windowedRopeTheta() != null;
        return script.call(
                "layers",
                weights.layers(),
                gradient.layers(),
                decoder,
                traits.queryScale(),
                traits.scoreCap(),
                ofEach(traits.windowed(), isWindowed -> isWindowed ? window : 0),
                ofEach(traits.windowed(), isWindowed -> isWindowed && hasOwnRotary ? 1 : 0),
                trainedPrefix,
                adapters,
                adapterGradient,
                layout.projections().stream().map(AdaptedProjection::plan).toList(),
                layout.projections().stream().map(AdaptedProjection::scales).toList(),
                plan.dropout());
    }

    private static int[] ofEach(List<Boolean> windowed, ToIntFunction<Boolean> number) {
        return windowed.stream().mapToInt(number).toArray();
    }

    /** Tables of all layers, or of the layers without a window and then of those with one. */
    private Positions positions() {
        Double windowedTheta = config.traits().windowedRopeTheta();
        RotaryFrequencies common = commonFrequencies();
        List<RotaryFrequencies> frequencies = windowedTheta == null
                ? List.of(common)
                : List.of(
                        common,
                        RotaryFrequencies.of(windowedTheta, config.traits().rotaryWidth(), new RopeScaling.None()));
        return new Positions(script, frequencies, torchType);
    }

    private RotaryFrequencies commonFrequencies() {
        int width = config.traits().rotaryWidth();
        Optional<ExpectedTensor> stored = tensors.rotaryDivisors();
        if (stored.isPresent()) {
            try (Value divisors = script.call("vector", stored.get().shape().get(0), TorchScript.FLOAT32)) {
                reader.copy(stored.get(), divisors, 0);
                return RotaryFrequencies.divided(config.ropeTheta(), width, divisors.toFloats());
            }
        }
        return RotaryFrequencies.of(config.ropeTheta(), width, config.ropeScaling());
    }
}
