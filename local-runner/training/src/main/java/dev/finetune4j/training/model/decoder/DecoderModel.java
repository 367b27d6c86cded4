package dev.finetune4j.training.model.decoder;

import dev.finetune4j.model.ModelName;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.NativeCalls;
import dev.finetune4j.training.model.SequenceGroups;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.RowLengths;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.StateFile;
import dev.finetune4j.training.model.weights.Trainables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A decoder of the Llama family with what is trained of it on one flat vector. */
final class DecoderModel implements LanguageModel {
    /**
     * What stays the same for the life of a model.
     *
     * @param shape sizes
     * @param trained how much is trained
     * @param dropout rate at the adapters' inputs
     * @param baseModel what the base model is called
     * @param fingerprint what a saved state must belong to
     * @param maxBatchTokens largest N of a micro-batch, the tokens computed
     * @param textTokens longest text that is scored or spoken, as far as it is known
     * @param logits numbers of logits at a time while training
     * @param recomputeLevel 0 none, 1 feed-forward, 2 layer
     * @param threads compute threads
     */
    record Plan(
            DecoderShape shape,
            TrainedSizes trained,
            double dropout,
            ModelName baseModel,
            String fingerprint,
            int maxBatchTokens,
            int textTokens,
            int logits,
            int recomputeLevel,
            int threads) {}

    /**
     * The model as the script has it.
     *
     * @param tuned the model that is trained, null where none is
     * @param base the base model, null where nothing holds it any more
     * @param sharers the model that is trained once more for each further member of a team, with a gradient of its own; empty without a team
     */
    record Network(@Nullable DecoderStack tuned, @Nullable DecoderStack base, List<Sharer> sharers) {
        Network(@Nullable DecoderStack tuned, @Nullable DecoderStack base) {
            this(tuned, base, List.of());
        }

        /** The model whose room both have room in: the one with adapters, where there is one. */
        DecoderStack larger() {
            return Objects.requireNonNull(tuned != null ? tuned : base, "neither a tuned model nor a base model");
        }
    }

    /**
     * A model that is trained, as one more member of a team has it.
     *
     * @param stack shares its weights with the others
     * @param gradient what the member adds up
     */
    record Sharer(DecoderStack stack, Value gradient) {}

    private static final long NO_DROPOUT = Long.MIN_VALUE;

    private final Plan plan;
    private final TorchScript script;
    private final Network network;
    private final Trainables trainables;
    private final Positions positions;
    private final Consumer<Path> result;
    private final CachedDecoder cached;
    private final @Nullable Team team;
    private @Nullable Value workspace;
    private @Nullable Value logitRoom;
    private boolean isTuned;

    DecoderModel(
            Plan plan,
            TorchScript script,
            Network network,
            Trainables trainables,
            Positions positions,
            Consumer<Path> result) {
        this.plan = plan;
        this.script = script;
        this.network = network;
        this.trainables = trainables;
        this.positions = positions;
        this.result = result;
        isTuned = network.tuned() != null;
        team = network.sharers().isEmpty() ? null : new Team(plan.threads());
        cached = new CachedDecoder(script, plan.shape().layers(), plan.textTokens(), positions);
    }

    @Override
    public long parameters() {
        return plan.shape().parameters();
    }

    @Override
    public long trainableParameters() {
        return plan.trained().length();
    }

    @Override
    public void useAdapter(boolean on) {
        if (isTuned != on) {
            isTuned = on;
            cached.weightsChanged();
            stack();
        }
    }

    @Override
    public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
        if (!isTuned) {
            throw new IllegalArgumentException("what is trained must be on to accumulate its gradient, was off");
        }
        double loss = overBatch(
                batch,
                dropoutSeed,
                part -> script.call(
                        "accumulate",
                        part.ids(),
                        part.rows(),
                        part.targets(),
                        scale,
                        part.stack().decoder(),
                        part.stack().layers(),
                        part.place(),
                        part.workspace()));
        for (Sharer each : network.sharers()) {
            script.call("gather", trainables.gradient(), each.gradient()).close();
        }
        return loss;
    }

    @Override
    public double loss(TokenBatch batch) {
        return overBatch(
                batch,
                NO_DROPOUT,
                part -> script.call(
                        "loss",
                        part.ids(),
                        part.rows(),
                        part.targets(),
                        part.stack().decoder(),
                        part.stack().layers(),
                        part.place(),
                        part.workspace()));
    }

    /**
     * What one computation works on: the tensors of a micro-batch or of a member's share of it.
     *
     * @param ids tokens, [N]
     * @param rows which of them have a target that counts, [M]
     * @param targets those targets, [M]
     * @param place where the tokens stand, and who may look at whom
     * @param stack the decoder and its layers
     * @param workspace memory to compute in
     * @param isShare whether the workspace is a member's share, which ends with the computation
     */
    private record Part(
            Value ids, Value rows, Value targets, Value place, DecoderStack stack, Value workspace, boolean isShare)
            implements AutoCloseable {
        @Override
        public void close() {
            ids.close();
            rows.close();
            targets.close();
            place.close();
            if (isShare) {
                workspace.close();
            }
        }
    }

    private double overBatch(TokenBatch rows, long dropoutSeed, Function<Part, Value> call) {
        checkTokens(rows.tokenIds());
        TokenBatch batch = virtualTokens().before(rows);
        long seed = plan.dropout() == 0 ? NO_DROPOUT : dropoutSeed;
        Team dealt = isTuned ? team : null; // the members' layers are those of the tuned model
        List<PrefixedBatch> shares =
                dealt == null ? List.of(form(batch, seed)) : dealt.shares(batch, share -> form(share, seed));
        int tokens = shares.stream().mapToInt(PrefixedBatch::tokens).sum();
        if (tokens > plan.maxBatchTokens()) {
            throw new IllegalArgumentException(
                    "batch must have at most " + plan.maxBatchTokens() + " tokens, was " + tokens);
        }
        return NativeCalls.guarded(() -> {
            if (dealt == null || shares.size() == 1) {
                PrefixedBatch whole = shares.get(0);
                return whole.learns() ? computed(part(whole, seed, stack(), workspace(), false), call) : 0;
            }
            return dealt.all(sharedOut(shares, seed, call));
        });
    }

    /** Every row drops inputs of its own, also of tokens that it has in common with others. */
    private static PrefixedBatch form(TokenBatch batch, long seed) {
        return seed == NO_DROPOUT ? PrefixedBatch.sharing(batch) : PrefixedBatch.apart(batch);
    }

    private List<Callable<Double>> sharedOut(List<PrefixedBatch> shares, long seed, Function<Part, Value> call) {
        List<Callable<Double>> works = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < shares.size(); i++) {
            PrefixedBatch share = shares.get(i);
            int end = begin + share.tokens();
            if (share.learns()) {
                DecoderStack own =
                        i == 0 ? stack() : network.sharers().get(i - 1).stack();
                Value room = script.call("share", workspace(), begin, end, i, shares.size());
                Part part = part(share, seed == NO_DROPOUT ? NO_DROPOUT : seed + i, own, room, true);
                works.add(() -> computed(part, call));
            }
            begin = end;
        }
        return works;
    }

    private Part part(PrefixedBatch batch, long seed, DecoderStack stack, Value workspace, boolean isShare) {
        int[] rows = IntStream.range(0, batch.tokens())
                .filter(row -> batch.targets()[row] != TokenBatch.IGNORED)
                .toArray();
        int[] targets = Arrays.stream(rows).map(row -> batch.targets()[row]).toArray();
        checkTokens(targets);
        return new Part(
                script.integers(batch.tokenIds()),
                script.integers(rows),
                script.integers(targets),
                positions.place(
                        batch.positions(),
                        batch.prefix(),
                        SequenceGroups.of(batch.lengths()),
                        seed == NO_DROPOUT ? -1 : NativeCalls.mixedSeed(seed)),
                stack,
                workspace,
                isShare);
    }

    private static double computed(Part part, Function<Part, Value> call) {
        try (part;
                Value loss = call.apply(part)) {
            return loss.toDouble();
        }
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
        DecoderStack tuned = network.tuned();
        if (tuned != null && plan.trained().magnitudes() > 0) {
            try (Value linears = script.call("linears", tuned.layers())) {
                RowLengths.valuesChanged(script, linears);
            }
        }
        cached.weightsChanged();
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
        result.accept(folder);
    }

    @Override
    public List<double[]> scoreContinuations(int[] prefix, List<Alternatives> prompts) {
        checkTokens(prefix);
        prompts.forEach(this::checkTokens);
        return NativeCalls.guarded(() -> scorer().score(virtualTokens().before(prefix), prompts));
    }

    @Override
    public Generated generate(
            int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling, IntPredicate goesOn) {
        checkTokens(prefix);
        checkTokens(prompt);
        return NativeCalls.guarded(
                () -> speaker(stopTokens).speak(virtualTokens().before(prefix), prompt, sampling, goesOn));
    }

    @Override
    public List<Answered> answer(int[] prefix, List<Asked> asked, List<Integer> stopTokens, BooleanSupplier goesOn) {
        checkTokens(prefix);
        asked.forEach(each -> checkTokens(each.alternatives()));
        if (asked.stream().anyMatch(each -> each.prompt().length == 0)) {
            return LanguageModel.super.answer(prefix, asked, stopTokens, goesOn);
        }
        return NativeCalls.guarded(
                () -> speaker(stopTokens).answer(virtualTokens().before(prefix), asked, goesOn));
    }

    private Speaker speaker(List<Integer> stopTokens) {
        return new Speaker(script, cached, stack(), scorer(), stopTokens);
    }

    private ContinuationScorer scorer() {
        int rows = AnswerForecast.logitRows(plan.shape());
        Value room = logitRoom;
        if (room == null) {
            room = script.call("logit_room", stack().decoder(), rows);
            logitRoom = room;
        }
        return new ContinuationScorer(script, cached, stack(), rows, room);
    }

    @Override
    public void close() {
        if (team != null) {
            team.close();
        }
        script.close();
    }

    private DecoderStack stack() {
        DecoderStack stack = isTuned ? network.tuned() : network.base();
        if (stack == null) {
            throw new IllegalArgumentException(
                    isTuned
                            ? "the model has no adapter to turn on"
                            : "the base model is gone: its own weights are trained");
        }
        return stack;
    }

    private VirtualTokens virtualTokens() {
        return isTuned ? new VirtualTokens(plan.trained().virtualTokens()) : VirtualTokens.NONE;
    }

    /** Made when it is first needed, so that a model that only scores never pays for it. */
    private Value workspace() {
        Value made = workspace;
        if (made == null) {
            made = script.call(
                    "workspace",
                    network.larger().decoder(),
                    network.larger().layers(),
                    plan.maxBatchTokens(),
                    plan.logits(),
                    MemoryForecast.wideLogits(),
                    plan.recomputeLevel());
            workspace = made;
        }
        return made;
    }

    private void checkTokens(Alternatives alternatives) {
        checkTokens(alternatives.prompt());
        alternatives.continuations().forEach(this::checkTokens);
    }

    private void checkTokens(int[] tokens) {
        NativeCalls.checkTokens(tokens, plan.shape().vocabulary(), plan.baseModel());
    }
}
