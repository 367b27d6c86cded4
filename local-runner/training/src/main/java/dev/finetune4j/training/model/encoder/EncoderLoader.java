package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.Foreseen;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.internal.TorchRuntime;
import dev.finetune4j.training.model.internal.TorchScript;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads BERT, DistilBERT and RoBERTa from a folder in Hugging Face layout, with a classification head over the labels of a task. */
public final class EncoderLoader implements ClassifierLoader {
    private final NumberFormats formats;

    /** A loader that asks this machine what its processor can do. */
    public EncoderLoader() {
        this(NumberFormats.here());
    }

    /** A loader that knows what its processor can do. */
    public EncoderLoader(NumberFormats formats) {
        this.formats = formats;
    }

    /** What is decided from the configuration alone, before a weight is read. */
    private record Foresight(EncoderShape shape, EncoderMethod method, EncoderMemory memory) {}

    /** Whether a model is an encoder, and so for this loader; not where its configuration does not even tell that. */
    public boolean reads(ModelFolder folder) {
        try {
            return folder.encoder().isPresent();
        } catch (FineTuneException e) {
            return false;
        }
    }

    /**
     * Resident memory that training will take at its peak, and in which number format.
     *
     * @throws FineTuneException with what {@link #load} would refuse, as far as it shows without reading a weight: architecture, method,
     *     memory
     */
    public Foreseen footprint(ModelFolder folder, List<String> labels, Settings settings) {
        EncoderMemory memory = foresee(folder, labels, settings).memory();
        return new Foreseen(memory.peakBytes(), memory.precision());
    }

    @Override
    public Loaded load(ModelFiles files, @Nullable Path adapter, LabelCounts labels, Settings settings) {
        ModelFolder folder = ModelFolder.open(files.path());
        Foresight foreseen = AdapterFiles.byItsMethod(
                settings.purpose().trains() ? null : adapter, () -> foresee(folder, labels.names(), settings));
        EncoderMemory memory = foreseen.memory();
        EncoderModel.Plan plan = new EncoderModel.Plan(
                foreseen.shape(),
                foreseen.method(),
                settings.method().adapters().map(LoraTuning::dropout).orElse(0.0),
                files.name(),
                files.digest() + " " + foreseen.method().name() + " over " + String.join(",", labels.names()),
                settings.maxBatchTokens(),
                memory.recomputeLevel());
        TorchRuntime.start(settings.threads());
        TorchScript script = TorchScript.load();
        try (WeightFile weights = folder.openWeights()) {
            EncoderAssembly assembly =
                    new EncoderAssembly(script, folder, weights, plan, memory.precision(), labels, settings);
            return new Loaded(assembly.assemble(adapter), memory.precision(), memory.recompute(), memory.peakBytes());
        } catch (RuntimeException e) {
            script.close();
            throw e;
        }
    }

    @Override
    public boolean hasHead(ModelFiles files, List<String> labels) {
        ModelFolder folder = ModelFolder.open(files.path());
        EncoderShape shape = shape(folder, labels);
        try (WeightFile weights = folder.openWeights()) {
            return StoredHead.missing(weights, shape).isEmpty();
        }
    }

    private Foresight foresee(ModelFolder folder, List<String> labels, Settings settings) {
        EncoderShape shape = shape(folder, labels);
        EncoderMethod method = EncoderMethod.of(settings.method(), shape);
        return new Foresight(shape, method, EncoderMemory.of(shape, method, settings, formats));
    }

    /** The encoder of a folder with a head over labels; FT0470 where there is none that is supported. */
    static EncoderShape shape(ModelFolder folder, List<String> labels) {
        String source = folder.path().toString();
        EncoderConfig config = folder.encoder()
                .orElseThrow(() -> ModelProblems.ARCHITECTURE
                        .error("the model is no encoder that is supported")
                        .at(Location.of(source))
                        .because("supported are BERT, DistilBERT and RoBERTa")
                        .asException());
        return EncoderShape.of(config, labels, source);
    }
}
