package dev.finetune4j.training.model.encoder;

import dev.finetune4j.error.Location;
import dev.finetune4j.job.Precision;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.LoraLayout.AdaptedProjection;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.model.adapter.RowLengths;
import dev.finetune4j.training.model.adapter.SavedModules;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.StateFile;
import dev.finetune4j.training.model.weights.Trainables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts an encoder together from its weights, its head and what is trained of them. */
final class EncoderAssembly {
    private final TorchScript script;
    private final ModelFolder folder;
    private final EncoderModel.Plan plan;
    private final EncoderMethod method;
    private final TuningMethod tuning;
    private final LabelCounts labels;
    private final long seed;
    private final WeightSource source;
    private final int torchType;

    /**
     * Prepares; nothing is read yet.
     *
     * @param script makes the tensors
     * @param folder the base model
     * @param file its weights
     * @param plan the model's sizes
     * @param precision its number format
     * @param labels its labels, with the rows that are learned of each
     * @param settings method and seed
     */
    EncoderAssembly(
            TorchScript script,
            ModelFolder folder,
            WeightFile file,
            EncoderModel.Plan plan,
            Precision precision,
            LabelCounts labels,
            Settings settings) {
        this.script = script;
        this.folder = folder;
        this.plan = plan;
        this.method = plan.method();
        this.tuning = settings.method();
        this.labels = labels;
        this.seed = settings.seed();
        this.source = new WeightSource(script, file, plan.shape(), settings.seed());
        this.torchType = precision == Precision.BF16 ? TorchScript.BFLOAT16 : TorchScript.FLOAT32;
    }

    /**
     * The model.
     *
     * @param adapter a finished adapter and head to start from, or null for fresh ones
     */
    EncoderModel assemble(@Nullable Path adapter) {
        Trainables trainables =
                new Trainables(script, method.places().length(), method.places().decayedLength(), torchType);
        EncoderWeights weights =
                EncoderWeights.read(script, plan.shape(), method.places(), trainables, torchType, source);
        Optional<LoraTuning> lora = tuning.adapters();
        SavedModules head = SavedModules.ofClassifier(
                plan.shape().tensors().headModules(), method.places().slices(), source.fresh());
        if (lora.isPresent()) {
            start(lora.get(), head, adapter, trainables);
        } else if (adapter != null) {
            throw new IllegalArgumentException("adapter must be null where there are none, was " + adapter);
        }
        Value layers = layers(weights, trainables);
        if (method.adapters().dora()) {
            Value linears = script.call("encoder_linears", layers);
            RowLengths.train(script, linears, method.adapters(), trainables, adapter == null);
        }
        ClassifierFiles files = new ClassifierFiles(folder, plan.shape(), labels, method, trainables);
        EncoderModel.Artifact artifact =
                lora.isPresent() ? target -> writeAdapter(target, head, trainables) : files::write;
        return new EncoderModel(plan, script, encoder(weights), layers, trainables, artifact, files::write);
    }

    private void start(LoraTuning lora, SavedModules head, @Nullable Path adapter, Trainables trainables) {
        LoraLayout layout = method.adapters();
        if (adapter == null) {
            LoraStart.fill(
                    layout,
                    seed,
                    trainables.memory(0, Math.toIntExact(layout.length())).asFloatBuffer());
        } else {
            List<FlatLayout.Slice> read = AdapterFiles.read(adapter, layout, head, lora, trainables::memory);
            RowOrder order = RowOrder.of(orderIn(adapter), labels.names());
            read.stream()
                    .filter(slice -> classifier().contains(slice))
                    .forEach(slice -> order.apply(trainables
                            .memory(slice.offset(), Math.toIntExact(slice.length()))
                            .asFloatBuffer()));
        }
        trainables.valuesChanged();
    }

    private Value encoder(EncoderWeights weights) {
        return script.call(
                "encoder",
                weights.outer(),
                weights.outerGradients(),
                plan.shape().config().normEpsilon(),
                plan.shape().headIsTanh() ? 1 : 0,
                method.depth());
    }

    private Value layers(EncoderWeights weights, Trainables trainables) {
        EncoderConfig config = plan.shape().config();
        return script.call(
                "encoder_layers",
                weights.layers(),
                weights.layerGradients(),
                config.heads(),
                plan.shape().activation(),
                config.normEpsilon(),
                trainables.computed(),
                trainables.gradient(),
                method.adapters().projections().stream()
                        .map(AdaptedProjection::plan)
                        .toList(),
                method.adapters().projections().stream()
                        .map(AdaptedProjection::scales)
                        .toList(),
                plan.dropout());
    }

    /** Whoever puts the adapter on the base model has the labels by the base model's config.json, which stays as it is. */
    private void writeAdapter(Path target, SavedModules head, Trainables trainables) {
        List<String> named = StoredHead.namedOrder(plan.shape());
        RowOrder order = RowOrder.of(labels.names(), named);
        List<Long> offsets = classifier().stream().map(FlatLayout.Slice::offset).toList();
        StateFile.Memory ordered = (from, elements) -> {
            ByteBuffer values = trainables.memory(from, elements);
            return offsets.contains(from) ? order.copy(values) : values;
        };
        AdapterFiles.write(target, method.adapters(), head, tuning, plan.baseModel(), ordered);
        try {
            labels.inOrder(named).write(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What has a row for each label. */
    private List<FlatLayout.Slice> classifier() {
        return plan.shape()
                .tensors()
                .classifier(labels.names().size())
                .all()
                .flatMap(tensor -> method.places().find(tensor.name()).stream())
                .toList();
    }

    /** The labels as the rows of an adapter's classifier are: an adapter of PEFT's leaves them to the base model. */
    private List<String> orderIn(Path adapter) {
        if (!LabelCounts.isIn(adapter)) {
            return StoredHead.namedOrder(plan.shape());
        }
        List<String> written = LabelCounts.read(adapter).names();
        if (!StoredHead.isOver(written, labels.names())) {
            throw ModelProblems.ADAPTER
                    .error("the adapter in " + adapter + " does not fit")
                    .at(Location.of(adapter.toString()))
                    .because("its head tells apart " + String.join(", ", written) + "; asked for are "
                            + String.join(", ", labels.names()))
                    .asException();
        }
        return written;
    }
}
