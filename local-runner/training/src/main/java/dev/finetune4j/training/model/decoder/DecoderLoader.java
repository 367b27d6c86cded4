package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.MethodProblems;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.Foreseen;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.internal.TorchRuntime;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.weights.FiniteWeights;
import dev.finetune4j.training.model.weights.Packing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Loads decoders of the Llama family from a folder in Hugging Face layout or a GGUF file. */
public final class DecoderLoader implements LanguageModelLoader {
    private final NumberFormats formats;

    /** A loader that asks this machine what its processor can do. */
    public DecoderLoader() {
        this(NumberFormats.here());
    }

    /** A loader that knows what its processor can do. */
    public DecoderLoader(NumberFormats formats) {
        this.formats = formats;
    }

    /**
     * What is decided from configuration and headers alone, before a weight is read.
     *
     * @param shape sizes of the model
     * @param layout the adapters, or null where whole weights are trained or nothing is
     * @param beside what is trained beside adapters, null without them
     * @param trained how much is trained
     * @param packed what stays packed of the base model
     * @param memory how the model is held
     */
    private record Foresight(
            DecoderShape shape,
            @Nullable LoraLayout layout,
            @Nullable ModulesBeside beside,
            TrainedSizes trained,
            PackedSizes packed,
            MemoryPlan memory) {}

    /**
     * Resident memory that training will take at its peak, and in which number format.
     *
     * @throws FineTuneException with what {@link #load} would refuse, as far as it shows without reading a weight: architecture, method,
     *     memory, headers of the weights that are damaged or not there
     */
    public Foreseen footprint(ModelFolder folder, Settings settings) {
        MemoryPlan memory = foresee(folder, withVirtualTokens(settings)).memory();
        return new Foreseen(memory.peakBytes(), memory.precision());
    }

    /**
     * What the rows of a micro-batch share as a method is computed: nothing where inputs of adapters are dropped, since each row drops its own.
     *
     * @param method how weights are tuned
     * @param threads compute threads
     * @param tokens that all rows begin with, virtual ones included
     */
    public static BatchPrefix prefix(TuningMethod method, int threads, int tokens) {
        return method.adapters().map(LoraTuning::dropout).orElse(0.0) > 0
                ? BatchPrefix.NONE
                : new BatchPrefix(tokens, canShareOut(method) ? Team.members(threads) : 1);
    }

    /** FT0474 where a weight is no finite number, as far as that shows without loading: not in quantized or very large files. */
    public Optional<Problem> weightRefusal(ModelFolder folder) {
        try (WeightFile weights = folder.openWeights()) {
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
    public Loaded load(ModelFiles files, @Nullable Path adapter, Settings asked) {
        ModelFolder folder = ModelFolder.open(files.path());
        Settings settings = withVirtualTokens(asked);
        Foresight foreseen =
                AdapterFiles.byItsMethod(settings.purpose().trains() ? null : adapter, () -> foresee(folder, settings));
        MemoryPlan memory = foreseen.memory();
        DecoderModel.Plan plan = new DecoderModel.Plan(
                foreseen.shape(),
                foreseen.trained(),
                settings.method().adapters().map(LoraTuning::dropout).orElse(0.0),
                files.name(),
                fingerprint(files, foreseen.layout(), settings.method()),
                settings.maxBatchTokens(),
                settings.textTokens(),
                memory.logits(),
                memory.recomputeLevel(),
                settings.threads());
        TorchRuntime.start(settings.threads());
        TorchScript script = TorchScript.load();
        try (WeightFile weights = folder.openWeights()) {
            DecoderAssembly assembly =
                    new DecoderAssembly(script, folder, weights, plan, memory.precision(), foreseen.packed());
            DecoderModel model = assemble(assembly, foreseen, adapter, settings);
            return new Loaded(
                    model,
                    memory.precision(),
                    memory.recompute(),
                    memory.peakBytes(),
                    memory.largestPart(),
                    memory.smaller());
        } catch (RuntimeException e) {
            script.close();
            throw e;
        }
    }

    /** Texts that are answered are computed behind the virtual tokens; micro-batches are given with them. */
    private static Settings withVirtualTokens(Settings settings) {
        int more = settings.method().virtualTokens();
        return more == 0 ? settings : settings.withLongerTexts(more);
    }

    private static DecoderModel assemble(
            DecoderAssembly assembly, Foresight foreseen, @Nullable Path adapter, Settings settings) {
        LoraLayout layout = foreseen.layout();
        ModulesBeside beside = foreseen.beside();
        if (layout != null && beside != null) {
            return assembly.withAdapters(layout, beside, settings.method(), adapter, settings.seed());
        }
        TuningMethod method = settings.method();
        if (method.virtualTokens() > 0) {
            List<Integer> start = PeftStart.tokens(method, settings.startTokens(), settings.seed(), foreseen.shape());
            return method instanceof PrefixTuning
                    ? assembly.withTrainedPrefix(method, adapter, start)
                    : assembly.withVirtualTokens(method, adapter, start);
        }
        if (adapter != null) {
            throw new IllegalArgumentException("adapter must be null where there are none, was " + adapter);
        }
        return settings.purpose().trains() ? assembly.trainedWhole() : assembly.untrained();
    }

    private Foresight foresee(ModelFolder folder, Settings settings) {
        LongestTexts longest = new LongestTexts(
                settings.rowTokens(),
                settings.answerTokens(),
                settings.method().virtualTokens(),
                settings.newTokens(),
                settings.showsExamples());
        DecoderShape shape = SupportedArchitectures.shapeOf(
                folder.config(), longest, folder.path().toString());
        if (settings.method() instanceof HeadTuning) {
            throw MethodProblems.headOfDecoder().asException();
        }
        LoraLayout layout = settings.method().adapters().map(shape::adapters).orElse(null);
        ModulesBeside beside = layout == null
                ? null
                : ModulesBeside.of(layout.length(), settings.method().adapters().orElseThrow(), folder.config());
        TrainedSizes trained = layout != null && beside != null
                ? TrainedSizes.of(layout, beside)
                : trainedWithoutAdapters(folder, settings, shape);
        int members = Team.members(settings.threads());
        if (settings.purpose().trains() && canShareOut(settings.method()) && settings.batchRows() >= members) {
            trained = trained.withGradients(members);
        }
        PackedSizes packed = trained.isWhole() ? PackedSizes.NONE : packed(folder, shape, settings.method());
        MemoryPlan memory = MemoryPlan.of(shape, trained, packed, settings, formats);
        return new Foresight(shape, layout, beside, trained, packed.in(memory.precision()), memory);
    }

    /** Whether threads can each train on a part of a batch: nothing but adapters has a gradient or is written in between. */
    private static boolean canShareOut(TuningMethod method) {
        return method instanceof LoraTuning lora
                && !lora.dora()
                && lora.trainedModules().isEmpty();
    }

    private static PackedSizes packed(ModelFolder folder, DecoderShape shape, TuningMethod method) {
        Packing packing = method instanceof QloraTuning ? Packing.QUANTIZED : Packing.LOSSLESS;
        return PackedSizes.of(packing, shape, folder);
    }

    private static TrainedSizes trainedWithoutAdapters(ModelFolder folder, Settings settings, DecoderShape shape) {
        if (settings.method().virtualTokens() > 0) {
            return TrainedSizes.ofVirtualTokens(settings.method(), shape);
        }
        return settings.purpose().trains()
                ? TrainedSizes.whole(DecoderTensors.of(folder.config(), folder.isGguf()))
                : TrainedSizes.NOTHING;
    }

    /** Says to which base model and method a saved state belongs. */
    private static String fingerprint(ModelFiles files, @Nullable LoraLayout layout, TuningMethod method) {
        if (layout == null) {
            String kind = method instanceof PrefixTuning ? " prefix " : " prompt ";
            return files.digest() + (method.virtualTokens() > 0 ? kind + method.virtualTokens() : " full");
        }
        return files.digest()
                + (method instanceof QloraTuning ? " qlora " : " lora ")
                + layout.identity(method.adapters().orElseThrow());
    }
}
