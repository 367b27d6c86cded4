package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.training.model.internal.TorchRuntime;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Loads decoders of the Llama family from a folder in Hugging Face layout or a GGUF file. */
public final class DecoderLoader implements LanguageModelLoader {
    private final CpuFeatures cpu;

    /** A loader that asks this machine what its processor can do. */
    public DecoderLoader() {
        this(CpuFeatures.read(CpuFeatures.CPUINFO));
    }

    DecoderLoader(CpuFeatures cpu) {
        this.cpu = cpu;
    }

    /** What is decided from the configuration alone, before a weight is read. */
    private record Foresight(DecoderShape shape, LoraTuning method, LoraLayout layout, MemoryPlan memory) {}

    /**
     * What {@link #load} would refuse, as far as it shows without reading a weight: architecture, method, memory. Empty where it would
     * load.
     */
    public List<Problem> refusals(ModelFiles files, Settings settings) {
        try {
            foresee(ModelFolder.open(files.path()), settings);
            return List.of();
        } catch (FineTuneException e) {
            return e.problems();
        }
    }

    /** FT0474 where a weight is no finite number, as far as that shows without loading: not in quantized or very large files. */
    public Optional<Problem> weightRefusal(ModelFiles files) {
        try (WeightFile weights = ModelFolder.open(files.path()).openWeights()) {
            return FiniteWeights.refusal(weights);
        }
    }

    /**
     * Maps the weights and prepares the trainable vector.
     *
     * @throws FineTuneException with FT0470 if the architecture is not supported, FT0472 or FT0473 if method
     *     or adapter do not fit, FT0601 if training or answers do not fit the memory, FT04xx if files are missing or damaged
     */
    @Override
    public Loaded load(ModelFiles files, @Nullable Path adapter, Settings settings) {
        ModelFolder folder = ModelFolder.open(files.path());
        ModelConfig config = folder.config();
        Foresight foreseen = foresee(folder, settings);
        MemoryPlan memory = foreseen.memory();
        int torchType = memory.precision() == Precision.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT32;
        DecoderModel.Plan plan = new DecoderModel.Plan(
                foreseen.shape(),
                foreseen.layout(),
                foreseen.method(),
                files.name(),
                fingerprint(files, foreseen.layout(), foreseen.method()),
                settings.maxBatchTokens(),
                settings.textTokens(),
                memory.headChunk(),
                memory.recomputeLevel());
        TorchRuntime.start(settings.threads());
        TorchScript script = TorchScript.load();
        try (WeightFile weights = folder.openWeights()) {
            DecoderModel model = assemble(script, weights, folder.isGguf(), config, plan, torchType, adapter, settings);
            return new Loaded(model, memory.precision(), memory.recompute(), memory.peakBytes());
        } catch (RuntimeException e) {
            script.close();
            throw e;
        }
    }

    private Foresight foresee(ModelFolder folder, Settings settings) {
        DecoderShape shape = SupportedArchitectures.shapeOf(
                folder.config(), settings.maxBatchTokens(), folder.path().toString());
        LoraTuning method = lora(settings);
        LoraLayout layout = LoraLayout.of(shape.layers(), method, shape.projections());
        return new Foresight(shape, method, layout, MemoryPlan.of(shape, layout, settings, cpu));
    }

    private static DecoderModel assemble(
            TorchScript script,
            WeightFile file,
            boolean gguf,
            ModelConfig config,
            DecoderModel.Plan plan,
            int torchType,
            @Nullable Path adapter,
            Settings settings) {
        DecoderShape shape = plan.shape();
        TensorReader reader = new TensorReader(script, file);
        DecoderTensors tensors = DecoderTensors.of(config, gguf);
        DecoderWeights weights = DecoderWeights.read(script, reader, tensors, config, shape, torchType);
        Trainables trainables = new Trainables(script, plan.layout().length(), torchType);
        ByteBuffer flat = trainables.values().memory();
        if (adapter == null) {
            LoraStart.fill(plan.layout(), settings.seed(), flat.asFloatBuffer());
        } else {
            AdapterFiles.read(adapter, plan.layout(), plan.method(), flat);
        }
        trainables.valuesChanged();
        Value decoder = script.call(
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
                config.traits().logitCap());
        double scale = plan.method().alpha() / plan.method().rank();
        List<Projection> none = shape.projections().stream()
                .map(projection -> new Projection(projection.inputs(), List.of()))
                .toList();
        return new DecoderModel(
                plan,
                script,
                decoder,
                layers(
                        script,
                        decoder,
                        weights,
                        trainables,
                        config,
                        plan,
                        plan.layout().projections(),
                        scale),
                layers(script, decoder, weights, trainables, config, plan, none, scale),
                trainables,
                new Positions(script, frequencies(script, reader, tensors, config), torchType));
    }

    private static Value layers(
            TorchScript script,
            Value decoder,
            DecoderWeights weights,
            Trainables trainables,
            ModelConfig config,
            DecoderModel.Plan plan,
            List<Projection> adapted,
            double scale) {
        DecoderTraits traits = config.traits();
        int window = config.slidingWindowIfAny().orElse(0);
        boolean hasOwnRotary = traits.windowedRopeTheta() != null;
        return script.call(
                "layers",
                weights.layers(),
                decoder,
                traits.queryScale(),
                traits.scoreCap(),
                ofEach(traits.windowed(), isWindowed -> isWindowed ? window : 0),
                ofEach(traits.windowed(), isWindowed -> isWindowed && hasOwnRotary ? 1 : 0),
                trainables.computed(),
                trainables.gradient(),
                plan.layout().rank(),
                adapted.stream().map(Projection::plan).toList(),
                scale,
                plan.method().dropout());
    }

    private static int[] ofEach(List<Boolean> windowed, ToIntFunction<Boolean> number) {
        return windowed.stream().mapToInt(number).toArray();
    }

    /** Those of all layers, or of the layers without a window and then of those with one. */
    private static List<RotaryFrequencies> frequencies(
            TorchScript script, TensorReader reader, DecoderTensors tensors, ModelConfig config) {
        RotaryFrequencies common = common(script, reader, tensors, config);
        Double windowedTheta = config.traits().windowedRopeTheta();
        return windowedTheta == null
                ? List.of(common)
                : List.of(
                        common,
                        RotaryFrequencies.of(windowedTheta, config.traits().rotaryWidth(), new RopeScaling.None()));
    }

    private static RotaryFrequencies common(
            TorchScript script, TensorReader reader, DecoderTensors tensors, ModelConfig config) {
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

    private static LoraTuning lora(Settings settings) {
        if (settings.method() instanceof LoraTuning method) {
            return method;
        }
        throw new IllegalArgumentException("method must be lora, was " + settings.method());
    }

    /** Says to which base model and adapter a saved state belongs. */
    private static String fingerprint(ModelFiles files, LoraLayout layout, LoraTuning method) {
        return files.digest() + " lora r" + layout.rank() + " alpha " + method.alpha() + " on "
                + String.join(",", layout.moduleNames());
    }
}
