package dev.finetune4j.training.model.encoder;

import dev.finetune4j.model.ModelName;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.NativeCalls;
import dev.finetune4j.training.model.SequenceGroups;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.RowLengths;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.StateFile;
import dev.finetune4j.training.model.weights.Trainables;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An encoder with a classification head, and what is trained of it on one flat vector. */
final class EncoderModel implements Classifier {
    /**
     * What stays the same for the life of a model.
     *
     * @param shape sizes and labels
     * @param method what is trained
     * @param dropout rate at the adapters' inputs
     * @param baseModel what the base model is called
     * @param fingerprint what a saved state must belong to
     * @param maxBatchTokens largest N of a micro-batch or text
     * @param recomputeLevel 0 none, 1 feed-forward, 2 layer
     */
    record Plan(
            EncoderShape shape,
            EncoderMethod method,
            double dropout,
            ModelName baseModel,
            String fingerprint,
            int maxBatchTokens,
            int recomputeLevel) {}

    /** Writes what was trained. */
    interface Artifact {
        /** Writes into an existing folder. */
        void write(Path folder);
    }

    private final Plan plan;
    private final TorchScript script;
    private final Value encoder;
    private final Value layers;
    private final Trainables trainables;
    private final Artifact artifact;
    private final Artifact whole;
    private @Nullable Value workspace;

    EncoderModel(
            Plan plan,
            TorchScript script,
            Value encoder,
            Value layers,
            Trainables trainables,
            Artifact artifact,
            Artifact whole) {
        this.plan = plan;
        this.script = script;
        this.encoder = encoder;
        this.layers = layers;
        this.trainables = trainables;
        this.artifact = artifact;
        this.whole = whole;
    }

    @Override
    public long parameters() {
        return plan.shape().parameters();
    }

    @Override
    public long trainableParameters() {
        return trainables.length();
    }

    @Override
    public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
        SortedBatch sorted = sorted(batch);
        long seed = plan.dropout() == 0 ? -1 : NativeCalls.mixedSeed(dropoutSeed);
        return NativeCalls.guarded(() -> {
            try (Value tensors = tensors(sorted, seed);
                    Value labels = script.integers(sorted.labels());
                    Value loss =
                            script.call("accumulate_labels", tensors, labels, scale, encoder, layers, workspace())) {
                return loss.toDouble();
            }
        });
    }

    @Override
    public double loss(TokenBatch batch) {
        SortedBatch sorted = sorted(batch);
        return NativeCalls.guarded(() -> {
            try (Value tensors = tensors(sorted, -1);
                    Value labels = script.integers(sorted.labels());
                    Value loss = script.call("label_loss", tensors, labels, encoder, layers, workspace())) {
                return loss.toDouble();
            }
        });
    }

    @Override
    public List<double[]> labelScores(List<int[]> texts) {
        int[] tokens = texts.stream().flatMapToInt(Arrays::stream).toArray();
        int[] unknown = new int[tokens.length];
        Arrays.fill(unknown, TokenBatch.IGNORED);
        SortedBatch sorted = sorted(new TokenBatch(
                tokens, unknown, texts.stream().mapToInt(text -> text.length).toArray()));
        return NativeCalls.guarded(() -> {
            try (Value tensors = tensors(sorted, -1);
                    Value scores = script.call("label_scores", tensors, encoder, layers, workspace())) {
                return sorted.inOrder(scores.toFloats());
            }
        });
    }

    @Override
    public double gradientNorm() {
        return trainables.gradientNorm();
    }

    @Override
    public void step(int step, double learningRate, double weightDecay, double gradientScale) {
        trainables.step(step, learningRate, weightDecay, gradientScale);
        valuesChanged();
    }

    private void valuesChanged() {
        if (plan.method().adapters().dora()) {
            try (Value linears = script.call("encoder_linears", layers)) {
                RowLengths.valuesChanged(script, linears);
            }
        }
    }

    @Override
    public void writeState(Path file) {
        StateFile.write(file, plan.fingerprint(), trainables.state());
    }

    @Override
    public void readState(Path file) {
        StateFile.read(file, plan.fingerprint(), trainables.state());
        trainables.valuesChanged();
        valuesChanged();
    }

    @Override
    public void writeAdapter(Path folder) {
        artifact.write(folder);
    }

    @Override
    public void writeWhole(Path folder) {
        whole.write(folder);
    }

    @Override
    public void close() {
        script.close();
    }

    /** Made when it is first needed, so that a model that is only written never pays for it. */
    private Value workspace() {
        Value made = workspace;
        if (made == null) {
            made = script.call("encoder_workspace", layers, plan.maxBatchTokens(), plan.recomputeLevel());
            workspace = made;
        }
        return made;
    }

    private Value tensors(SortedBatch batch, long seed) {
        int start = plan.shape().config().firstPosition();
        try (Value ids = script.integers(batch.tokenIds());
                Value positions = script.integers(batch.positions(start));
                Value first = script.integers(batch.first())) {
            return script.call("encoder_batch", ids, positions, SequenceGroups.of(batch.lengths()), first, seed);
        }
    }

    private SortedBatch sorted(TokenBatch batch) {
        if (batch.tokens() > plan.maxBatchTokens()) {
            throw new IllegalArgumentException(
                    "batch must have at most " + plan.maxBatchTokens() + " tokens, was " + batch.tokens());
        }
        NativeCalls.checkTokens(batch.tokenIds(), plan.shape().config().vocabularySize(), plan.baseModel());
        return new SortedBatch(batch);
    }
}
