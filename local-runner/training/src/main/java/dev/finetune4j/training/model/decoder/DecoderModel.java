package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.AdapterFiles;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.adapter.StateFile;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A decoder of the Llama family with LoRA adapters on one flat vector. */
final class DecoderModel implements LanguageModel {
    /**
     * What stays the same for the life of a model.
     *
     * @param shape sizes
     * @param layout the adapters
     * @param method rank, alpha, dropout
     * @param baseModel what the base model is called
     * @param fingerprint what a saved state must belong to
     * @param maxBatchTokens largest N of a micro-batch
     * @param textTokens longest text that is scored or spoken, as far as it is known
     * @param headChunk rows of logits at a time
     * @param recomputeLevel 0 none, 1 feed-forward, 2 layer
     */
    record Plan(
            DecoderShape shape,
            LoraLayout layout,
            LoraTuning method,
            ModelName baseModel,
            String fingerprint,
            int maxBatchTokens,
            int textTokens,
            int headChunk,
            int recomputeLevel) {}

    private final Plan plan;
    private final TorchScript script;
    private final Value decoder;
    private final Value adaptedLayers;
    private final Value baseLayers;
    private final Trainables trainables;
    private final Positions positions;
    private final CachedDecoder cached;
    private @Nullable Value workspace;
    private boolean adapted = true;

    DecoderModel(
            Plan plan,
            TorchScript script,
            Value decoder,
            Value adaptedLayers,
            Value baseLayers,
            Trainables trainables,
            Positions positions) {
        this.plan = plan;
        this.script = script;
        this.decoder = decoder;
        this.adaptedLayers = adaptedLayers;
        this.baseLayers = baseLayers;
        this.trainables = trainables;
        this.positions = positions;
        this.cached = new CachedDecoder(script, decoder, plan.shape().layers(), plan.textTokens(), positions);
    }

    @Override
    public long parameters() {
        return plan.shape().parameters();
    }

    @Override
    public long trainableParameters() {
        return plan.layout().length();
    }

    @Override
    public void useAdapter(boolean on) {
        if (adapted != on) {
            adapted = on;
            cached.weightsChanged();
        }
    }

    @Override
    public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
        if (!adapted) {
            throw new IllegalArgumentException("the adapter must be on to accumulate its gradient, was off");
        }
        long seed = plan.method().dropout() == 0 ? -1 : mixed(dropoutSeed);
        return overBatch(
                batch,
                seed,
                (ids, rows, targets, place) -> script.call(
                        "accumulate", ids, rows, targets, scale, decoder, adaptedLayers, place, workspace()));
    }

    @Override
    public double loss(TokenBatch batch) {
        return overBatch(
                batch,
                -1,
                (ids, rows, targets, place) ->
                        script.call("loss", ids, rows, targets, decoder, layers(), place, workspace()));
    }

    /** A call over the tensors of a micro-batch. */
    private interface BatchCall {
        Value run(Value ids, Value rows, Value targets, Value place);
    }

    private double overBatch(TokenBatch batch, long dropoutSeed, BatchCall call) {
        if (batch.tokens() > plan.maxBatchTokens()) {
            throw new IllegalArgumentException(
                    "batch must have at most " + plan.maxBatchTokens() + " tokens, was " + batch.tokens());
        }
        int[] rows = IntStream.range(0, batch.tokens())
                .filter(row -> batch.targets()[row] != TokenBatch.IGNORED)
                .toArray();
        if (rows.length == 0) {
            return 0;
        }
        int[] targets = Arrays.stream(rows).map(row -> batch.targets()[row]).toArray();
        checkTokens(batch.tokenIds());
        checkTokens(targets);
        return guarded(() -> {
            try (Value ids = script.integers(batch.tokenIds());
                    Value rowsTensor = script.integers(rows);
                    Value targetsTensor = script.integers(targets);
                    Value place = place(batch.sequenceLengths(), dropoutSeed);
                    Value loss = call.run(ids, rowsTensor, targetsTensor, place)) {
                return loss.toDouble();
            }
        });
    }

    private Value place(int[] lengths, long seed) {
        int[] at = Arrays.stream(lengths)
                .flatMap(length -> IntStream.range(0, length))
                .toArray();
        List<Integer> groups = new ArrayList<>();
        for (int length : lengths) {
            int end = groups.size();
            if (end > 0 && groups.get(end - 1) == length) {
                groups.set(end - 2, groups.get(end - 2) + 1);
            } else if (length > 0) {
                groups.add(1);
                groups.add(length);
            }
        }
        return positions.place(at, groups.stream().mapToInt(Integer::intValue).toArray(), seed);
    }

    @Override
    public double gradientNorm() {
        return trainables.gradientNorm();
    }

    @Override
    public void step(int step, double learningRate, double weightDecay, double gradientScale) {
        trainables.step(step, learningRate, weightDecay, gradientScale);
        cached.weightsChanged();
    }

    @Override
    public void writeState(Path file) {
        StateFile.write(file, plan.fingerprint(), stateMemory());
    }

    @Override
    public void readState(Path file) {
        StateFile.read(file, plan.fingerprint(), stateMemory());
        trainables.valuesChanged();
        cached.weightsChanged();
    }

    private List<ByteBuffer> stateMemory() {
        return trainables.state().stream().map(Value::memory).toList();
    }

    @Override
    public void writeAdapter(Path folder) {
        AdapterFiles.write(
                folder,
                plan.layout(),
                plan.method(),
                plan.baseModel(),
                trainables.values().memory());
    }

    @Override
    public List<double[]> scoreContinuations(int[] prefix, List<Alternatives> prompts) {
        checkTokens(prefix);
        for (Alternatives each : prompts) {
            checkTokens(each.prompt());
            each.continuations().forEach(this::checkTokens);
        }
        ContinuationScorer scorer = new ContinuationScorer(script, decoder, cached, layers(), plan.headChunk());
        return guarded(() -> scorer.score(prefix, prompts));
    }

    @Override
    public Generated generate(int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling) {
        checkTokens(prefix);
        checkTokens(prompt);
        return guarded(() -> {
            TokenSampler sampler = new TokenSampler(sampling);
            int[] spoken = new int[sampling.maxNewTokens()];
            int past = prefix.length + prompt.length;
            Value hidden = cached.read(layers(), prefix, prompt, 1);
            for (int n = 0; n < spoken.length; n++) {
                int token = sampler.next(lastLogits(hidden));
                if (stopTokens.contains(token)) {
                    return new Generated(Arrays.copyOf(spoken, n), true);
                }
                spoken[n] = token;
                if (n + 1 < spoken.length) {
                    hidden = cached.append(layers(), new int[] {token}, past + n);
                }
            }
            return new Generated(spoken, false);
        });
    }

    private float[] lastLogits(Value hidden) {
        try (hidden;
                Value logits = script.call("last_logits", hidden, decoder)) {
            return logits.toFloats();
        }
    }

    @Override
    public void close() {
        script.close();
    }

    private Value layers() {
        return adapted ? adaptedLayers : baseLayers;
    }

    /** Made when it is first needed, so that a model that only scores never pays for it. */
    private Value workspace() {
        Value made = workspace;
        if (made == null) {
            made = script.call(
                    "workspace",
                    decoder,
                    adaptedLayers,
                    plan.maxBatchTokens(),
                    plan.headChunk(),
                    plan.recomputeLevel());
            workspace = made;
        }
        return made;
    }

    private void checkTokens(int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= plan.shape().vocabulary()) {
                throw ModelProblems.TOKEN
                        .error("token " + token + " lies outside the model's vocabulary")
                        .because("the embedding of " + plan.baseModel().value() + " has "
                                + plan.shape().vocabulary() + " rows")
                        .asException();
            }
        }
    }

    private static <T> T guarded(Supplier<T> computation) {
        try {
            return computation.get();
        } catch (RuntimeException e) {
            throw TorchScript.isOutOfMemory(e) ? outOfMemory(e) : e;
        }
    }

    private static FineTuneException outOfMemory(RuntimeException cause) {
        return ModelProblems.OUT_OF_MEMORY
                .error("the operating system refused memory in the middle of a step")
                .because("free memory fell below what was foreseen when the run began")
                .remedy("training.recompute: layer")
                .remedy("training.batch-size: 1")
                .asException(cause);
    }

    /** A well-mixed seed of 40 bits, never negative (the finaliser of SplitMix64). */
    private static long mixed(long seed) {
        long z = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 24;
    }
}
