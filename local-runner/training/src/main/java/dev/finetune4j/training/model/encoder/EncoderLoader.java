package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.Foreseen;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.training.model.internal.TorchRuntime;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.Trainables;
import java.util.Collections;
import java.util.List;

/** Loads BERT, DistilBERT and RoBERTa from a folder in Hugging Face layout, with a classification head over the labels of a task. */
public final class EncoderLoader implements ClassifierLoader {
    /** Linear layers of a layer that adapters may sit at: query with key and value, out, inner, outer. */
    private static final int PROJECTIONS = 4;

    private final CpuFeatures cpu;

    /** A loader that asks this machine what its processor can do. */
    public EncoderLoader() {
        this(CpuFeatures.read(CpuFeatures.CPUINFO));
    }

    EncoderLoader(CpuFeatures cpu) {
        this.cpu = cpu;
    }

    /** What is decided from the configuration alone, before a weight is read. */
    private record Foresight(EncoderShape shape, EncoderMethod method, FlatLayout layout, EncoderMemory memory) {}

    /** Whether a model is an encoder, and so for this loader; not where its configuration does not even tell that. */
    public boolean reads(ModelFiles files) {
        try {
            return ModelFolder.open(files.path()).encoder().isPresent();
        } catch (FineTuneException e) {
            return false;
        }
    }

    /**
     * What {@link #load} would refuse, as far as it shows without reading a weight: architecture, method, memory. Empty where it would
     * load.
     */
    public List<Problem> refusals(ModelFiles files, List<String> labels, Settings settings) {
        try {
            foresee(ModelFolder.open(files.path()), labels, settings);
            return List.of();
        } catch (FineTuneException e) {
            return e.problems();
        }
    }

    /**
     * Resident memory that training will take at its peak, and in which number format.
     *
     * @throws FineTuneException with what {@link #refusals} tells, if there is anything
     */
    public Foreseen footprint(ModelFiles files, List<String> labels, Settings settings) {
        EncoderMemory memory =
                foresee(ModelFolder.open(files.path()), labels, settings).memory();
        return new Foreseen(memory.peakBytes(), memory.precision());
    }

    @Override
    public Loaded load(ModelFiles files, LabelCounts labels, Settings settings) {
        ModelFolder folder = ModelFolder.open(files.path());
        Foresight foreseen = foresee(folder, labels.names(), settings);
        EncoderMemory memory = foreseen.memory();
        EncoderModel.Plan plan = new EncoderModel.Plan(
                foreseen.shape(),
                0,
                files.name(),
                files.digest() + " " + foreseen.method().name() + " over " + String.join(",", labels.names()),
                settings.maxBatchTokens(),
                memory.recomputeLevel());
        TorchRuntime.start(settings.threads());
        TorchScript script = TorchScript.load();
        try (WeightFile weights = folder.openWeights()) {
            WeightSource source = new WeightSource(script, weights, foreseen.shape(), settings.seed());
            EncoderModel model = assemble(script, folder, plan, foreseen, labels, source);
            return new Loaded(model, memory.precision(), memory.recompute(), memory.peakBytes());
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
        EncoderMethod method = EncoderMethod.of(settings.method());
        FlatLayout layout = method.layout(shape.tensors(), labels.size());
        return new Foresight(shape, method, layout, EncoderMemory.of(shape, method, layout.length(), settings, cpu));
    }

    private static EncoderShape shape(ModelFolder folder, List<String> labels) {
        String source = folder.path().toString();
        EncoderConfig config = folder.encoder()
                .orElseThrow(() -> ModelProblems.ARCHITECTURE
                        .error("the model is no encoder that is supported")
                        .at(Location.of(source))
                        .because("supported are BERT, DistilBERT and RoBERTa")
                        .asException());
        return EncoderShape.of(config, labels, source);
    }

    private static EncoderModel assemble(
            TorchScript script,
            ModelFolder folder,
            EncoderModel.Plan plan,
            Foresight foreseen,
            LabelCounts labels,
            WeightSource source) {
        EncoderShape shape = plan.shape();
        FlatLayout layout = foreseen.layout();
        int torchType = foreseen.memory().precision() == Precision.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT32;
        Trainables trainables = new Trainables(script, layout.length(), layout.decayedLength(), torchType);
        EncoderWeights weights = EncoderWeights.read(script, shape, layout, trainables, torchType, source);
        EncoderConfig config = shape.config();
        Value encoder = script.call(
                "encoder",
                weights.outer(),
                weights.outerGradients(),
                config.normEpsilon(),
                shape.headIsTanh() ? 1 : 0,
                foreseen.method().depth());
        Value layers = script.call(
                "encoder_layers",
                weights.layers(),
                weights.layerGradients(),
                config.heads(),
                shape.activation(),
                config.normEpsilon(),
                trainables.computed(),
                trainables.gradient(),
                Collections.nCopies(PROJECTIONS * config.layers(), new int[0]),
                Collections.nCopies(PROJECTIONS * config.layers(), new double[0]),
                0.0);
        ClassifierFiles files = new ClassifierFiles(folder, shape, labels, layout, trainables);
        return new EncoderModel(plan, script, encoder, layers, trainables, files::write, files::write);
    }
}
