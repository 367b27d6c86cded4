package dev.finetune4j.training.loop;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.CheckpointSaved;
import dev.finetune4j.run.RunEvent.Noticed;
import dev.finetune4j.run.RunEvent.Resumed;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.run.RunEvent.StoppedEarly;
import dev.finetune4j.run.RunEvent.ValidationCompleted;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.TrainableModel;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.training.rows.TrainingRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model on rows: steps, validation losses, early stopping, checkpoints. Stopped after any step and started again, in another
 * process, it ends with the same bits: every random number is a function of its place, and a checkpoint holds all that else decides.
 *
 * <p>The loss of a step is the mean over all counted tokens of its micro-batches, as transformers computes it with
 * {@code num_items_in_batch}; gradients are clipped as torch's {@code clip_grad_norm_} does.
 */
public final class TrainingLoop {
    /** Added to the norm by {@code torch.nn.utils.clip_grad_norm_}. */
    public static final double CLIP_EPSILON = 1e-6;

    private final TrainableModel model;
    private final TrainingRows training;
    private final TrainingRows validation;
    private final TrainingSpec spec;
    private final TrainingPlan plan;
    private final TrainingFolders folders;
    private final CheckpointStore checkpoints;
    private final Surroundings surroundings;
    private final LossWatch lossWatch;
    private final CheckpointPace pace;
    private Progress progress;
    private @Nullable Progress saved;

    /**
     * What a loop uses of the process it runs in.
     *
     * @param events told of everything that happens
     * @param stop asked between micro-batches
     * @param clock for event times and throughput
     * @param residentBytes resident memory of this process now, -1 if unknown
     */
    public record Surroundings(Consumer<RunEvent> events, StopSignal stop, Clock clock, LongSupplier residentBytes) {}

    /**
     * Prepares a training; nothing happens before {@link #run}.
     *
     * @param model fresh, with the adapter's start values
     * @param training rows that are learned, at least one
     * @param validation rows whose loss is watched; may be empty
     * @param spec settings
     * @param plan the steps, made from the training rows and the same settings
     * @param folders where results go
     * @param identity what a checkpoint must belong to to be used: digest over order, rows and model
     * @param surroundings events, stop signal, clock and memory
     */
    public TrainingLoop(
            TrainableModel model,
            TrainingRows training,
            TrainingRows validation,
            TrainingSpec spec,
            TrainingPlan plan,
            TrainingFolders folders,
            String identity,
            Surroundings surroundings) {
        this.model = model;
        this.training = training;
        this.validation = validation;
        this.spec = spec;
        this.plan = plan;
        this.folders = folders;
        this.surroundings = surroundings;
        checkpoints = new CheckpointStore(folders.checkpoints());
        lossWatch = new LossWatch(spec, plannedValidations());
        pace = new CheckpointPace(spec.checkpointEvery());
        progress = Progress.start(identity);
    }

    /**
     * Trains to the end, or until told to stop.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0622 if loss or gradient is not finite, with FT0625, FT0632 or FT0638 if a
     *     checkpoint or adapter cannot be written
     */
    public TrainingResult run() {
        restore();
        LearningRates rates = LearningRates.of(spec, plan.steps());
        Optional<String> stop = validateIfDue();
        while (stop.isEmpty() && progress.steps() < plan.steps() && !isOutOfPatience()) {
            stop = step(progress.steps() + 1, rates).or(this::validateIfDue);
            if (stop.isEmpty() && isCheckpointDue()) {
                saveCheckpoint();
            }
        }
        if (stop.isPresent()) {
            saveCheckpoint();
            return new TrainingResult.Stopped(progress.steps(), stop.get());
        }
        return finish();
    }

    /**
     * Goes from the last checkpoint but one to the last again, and compares. The checkpoints stay as they are.
     *
     * @param scratch a file that is written and removed again
     * @return what came out, or empty where it was told to stop
     * @throws dev.finetune4j.error.FineTuneException with FT0635 if there are not two sound checkpoints of this training
     */
    public Optional<Replay> replay(Path scratch) {
        List<CheckpointStore.Saved> sound = checkpoints.sound(progress.identity());
        if (sound.size() < 2) {
            throw LoopProblems.NOTHING_TO_REPLAY
                    .error("there is nothing to replay")
                    .at(Location.of(folders.checkpoints().toString()))
                    .because("sound checkpoints of this training: " + sound.size() + ", needed: 2")
                    .asException();
        }
        CheckpointStore.Saved target = sound.get(0);
        CheckpointStore.Saved start = sound.get(1);
        model.readState(start.state());
        progress = start.progress();
        LearningRates rates = LearningRates.of(spec, plan.steps());
        Optional<String> stop = validateIfDue();
        while (stop.isEmpty() && progress.steps() < target.progress().steps()) {
            stop = step(progress.steps() + 1, rates).or(this::validateIfDue);
        }
        return stop.isPresent() ? Optional.empty() : Optional.of(compare(start.progress(), target, scratch));
    }

    /**
     * Does the first steps, then writes a checkpoint, reads it again, takes a validation loss and goes through the largest micro-batch, so
     * that memory is what it will be at its peak. Leaves what was learned in the final place.
     *
     * @param scratch a file that is written and removed again
     * @return what it showed, or empty where it was told to stop
     * @throws dev.finetune4j.error.FineTuneException with FT0622 if loss or gradient is not finite, with FT0625, FT0632 or FT0638 if a
     *     checkpoint or adapter cannot be written, with FT0636 if a checkpoint does not read back as it was written
     */
    public Optional<Rehearsal.Training> rehearse(Extent extent, Path scratch) {
        Instant begun = now();
        LearningRates rates = LearningRates.of(spec, plan.steps());
        List<TokenBatch> watched =
                plan.microBatches(1).stream().map(training::batch).toList();
        double before = meanLoss(watched);
        Instant timedFrom = now();
        long tokensBefore = 0;
        int steps = Math.min(extent.steps(), plan.steps());
        while (progress.steps() < steps
                && (progress.steps() < Extent.LEAST_STEPS || isWithin(begun, extent.stepTime()))) {
            if (step(progress.steps() + 1, rates).isPresent()) {
                return Optional.empty();
            }
            if (progress.steps() == 1 && steps > 1) {
                timedFrom = now();
                tokensBefore = progress.tokens();
            }
        }
        double timed = secondsSince(timedFrom);
        long timedTokens = progress.tokens() - tokensBefore;
        double after = meanLoss(watched);
        lossWatch.refuseNotFinite(progress.steps(), after, 0);
        Instant saving = now();
        long bytes = checkpoints.save(model, progress, folders.bestAdapter());
        double saved = secondsSince(saving);
        readAgain(scratch);
        double validated = validation.isEmpty() ? 0 : validationSeconds(extent.stepTime());
        goThroughLargest();
        folders.finish(model, false);
        checkpoints.clear();
        double ahead = timed / Math.max(1, timedTokens) * plan.tokens();
        return Optional.of(new Rehearsal.Training(
                begun,
                plan.steps(),
                plan.tokens(),
                quantiles(training.ownLengths()),
                plan.maxBatchTokens(),
                progress.steps(),
                rates.at(progress.steps()),
                before,
                after,
                timedTokens,
                timed,
                validation.isEmpty() ? 0 : plannedValidations(),
                validated,
                plannedCheckpoints(ahead, saved),
                bytes,
                saved));
    }

    private static Quantiles quantiles(int[] lengths) {
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        return new Quantiles(
                sorted[0],
                atShare(sorted, 0.5),
                atShare(sorted, 0.9),
                atShare(sorted, 0.99),
                sorted[sorted.length - 1],
                Arrays.stream(sorted).average().orElse(0));
    }

    /** The smallest length that a share of all does not exceed. */
    private static long atShare(int[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private double meanLoss(List<TokenBatch> batches) {
        double summed = batches.stream().mapToDouble(model::loss).sum();
        return summed / batches.stream().mapToInt(TokenBatch::countedTargets).sum();
    }

    private boolean isWithin(Instant begun, Duration limit) {
        return Duration.between(begun, now()).compareTo(limit) < 0;
    }

    private double secondsSince(Instant start) {
        return Duration.between(start, now()).toNanos() / 1e9;
    }

    /** The state that a checkpoint gives back is written once more: it must be the same bytes. */
    private void readAgain(Path scratch) {
        List<CheckpointStore.Saved> sound = checkpoints.sound(progress.identity());
        if (sound.isEmpty()) {
            throw unreadable("it is damaged, or not that of this training");
        }
        Path state = sound.get(0).state();
        model.readState(state);
        try {
            Files.createDirectories(scratch.toAbsolutePath().getParent());
            model.writeState(scratch);
            boolean isSame = DurableFiles.sha256(scratch).equals(DurableFiles.sha256(state));
            Files.delete(scratch);
            if (!isSame) {
                throw unreadable("weights and moments are others after reading than before writing");
            }
        } catch (IOException e) {
            throw WriteFailure.of("state that was read", scratch, e);
        }
    }

    private FineTuneException unreadable(String why) {
        return LoopProblems.CHECKPOINT_UNREADABLE
                .error("the checkpoint of step " + progress.steps() + " does not read back as it was written")
                .at(Location.of(folders.checkpoints().toString()))
                .because(why)
                .asException();
    }

    /** What a validation loss takes, told from as many rows as the time allows. */
    private double validationSeconds(Duration enough) {
        Instant begun = now();
        int[] lengths = validation.lengths();
        long tokens = 0;
        for (int[] rows : validationBatches()) {
            model.loss(validation.batch(rows));
            tokens += Arrays.stream(rows).mapToLong(row -> lengths[row]).sum();
            if (!isWithin(begun, enough)) {
                break;
            }
        }
        double all = Arrays.stream(lengths).asLongStream().sum();
        return secondsSince(begun) * all / tokens;
    }

    private void goThroughLargest() {
        TokenBatch largest = training.batch(plan.largestMicroBatch());
        model.accumulateGradient(
                largest, 1.0 / Math.max(1, largest.countedTargets()), SeedStream.DROPOUT.at(spec.seed(), 0, 0));
    }

    private int plannedValidations() {
        return (int) IntStream.rangeClosed(1, plan.steps())
                .filter(plan::isValidatedAfter)
                .count();
    }

    private int plannedCheckpoints(double trainingSeconds, double cost) {
        if (spec.checkpointEvery() > 0) {
            return (plan.steps() - 1) / spec.checkpointEvery();
        }
        Duration interval = CheckpointPace.interval(Duration.ofNanos((long) (cost * 1e9)));
        return 1 + (int) (trainingSeconds * 1000 / Math.max(1, interval.toMillis()));
    }

    private Replay compare(Progress start, CheckpointStore.Saved target, Path scratch) {
        try {
            Files.createDirectories(scratch.toAbsolutePath().getParent());
            model.writeState(scratch);
            String replayed = DurableFiles.sha256(scratch);
            Files.delete(scratch);
            return new Replay(
                    start.steps(),
                    progress.steps(),
                    DurableFiles.sha256(target.state()),
                    replayed,
                    progress.firstDifference(target.progress()).orElse(null));
        } catch (IOException e) {
            throw WriteFailure.of("replayed state", scratch, e);
        }
    }

    private void restore() {
        folders.discardBest();
        checkpoints
                .restore(model, progress.identity(), folders.bestAdapter(), this::notice)
                .ifPresent(restored -> {
                    progress = restored;
                    saved = restored;
                    tell(new Resumed(now(), restored.steps()));
                });
    }

    /** One optimizer step; the reason to stop, if it was not finished, in which case the weights are as before. */
    private Optional<String> step(int step, LearningRates rates) {
        Instant start = now();
        List<TokenBatch> batches =
                plan.microBatches(step).stream().map(training::batch).toList();
        int counted = batches.stream().mapToInt(TokenBatch::countedTargets).sum();
        long tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
        double summedLoss = 0;
        for (int i = 0; i < batches.size(); i++) {
            Optional<String> stop = surroundings.stop().reason();
            if (stop.isPresent()) {
                return stop;
            }
            long dropoutSeed = SeedStream.DROPOUT.at(spec.seed(), step, i);
            summedLoss += model.accumulateGradient(batches.get(i), 1.0 / counted, dropoutSeed);
        }
        double loss = summedLoss / counted;
        double norm = model.gradientNorm();
        lossWatch.refuseNotFinite(step, loss, norm);
        lossWatch.unusual(step, loss, norm, progress).forEach(this::notice);
        double rate = rates.at(step);
        model.step(step, rate, spec.weightDecay(), clipScale(norm));

        int nextEpoch = step < plan.steps()
                ? plan.place(step + 1).epoch()
                : plan.place(step).epoch() + 1;
        progress = progress.afterStep(nextEpoch, loss, norm, tokens);
        double seconds = Math.max(1e-3, Duration.between(start, now()).toNanos() / 1e9);
        tell(new StepCompleted(
                now(),
                step,
                plan.steps(),
                plan.epochsAfter(step),
                loss,
                rate,
                norm,
                tokens,
                tokens / seconds,
                surroundings.residentBytes().getAsLong()));
        return Optional.empty();
    }

    /** {@code clip_coef_clamped} of <a href="https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html">torch</a>. */
    private double clipScale(double norm) {
        return spec.maxGradientNorm() == 0 ? 1 : Math.min(1, spec.maxGradientNorm() / (norm + CLIP_EPSILON));
    }

    /** Takes the validation loss where it is due and not taken yet; the reason to stop, if it was not finished. */
    private Optional<String> validateIfDue() {
        if (!isValidationDue()) {
            return Optional.empty();
        }
        double summedLoss = 0;
        long counted = 0;
        for (int[] rows : validationBatches()) {
            Optional<String> stop = surroundings.stop().reason();
            if (stop.isPresent()) {
                return stop;
            }
            TokenBatch batch = validation.batch(rows);
            summedLoss += model.loss(batch);
            counted += batch.countedTargets();
        }
        double loss = summedLoss / counted;
        lossWatch.refuseNotFiniteValidation(progress.steps(), loss);
        progress = progress.afterValidation(loss);
        boolean best = progress.bestSoFar().orElseThrow().step() == progress.steps();
        if (best) {
            folders.keepAsBest(model);
        }
        tell(new ValidationCompleted(now(), progress.steps(), loss, best));
        boolean isLast = progress.steps() == plan.steps() || isOutOfPatience();
        lossWatch.trend(loss, progress, plan::epochsAfter, isLast).ifPresent(this::notice);
        return Optional.empty();
    }

    private boolean isValidationDue() {
        int step = progress.steps();
        return step > 0 && !validation.isEmpty() && progress.validatedSteps() < step && plan.isValidatedAfter(step);
    }

    private boolean isCheckpointDue() {
        int step = progress.steps();
        return step < plan.steps() && pace.isDue(step, now());
    }

    /** Validation rows in file order, as many in a micro-batch as the workspace holds. */
    private List<int[]> validationBatches() {
        int[] lengths = validation.lengths();
        List<int[]> batches = new ArrayList<>();
        int start = 0;
        long tokens = 0;
        for (int row = 0; row < lengths.length; row++) {
            if (row > start && plan.computedTokens(row + 1 - start, tokens + lengths[row]) > plan.maxBatchTokens()) {
                batches.add(IntStream.range(start, row).toArray());
                start = row;
                tokens = 0;
            }
            tokens += lengths[row];
        }
        batches.add(IntStream.range(start, lengths.length).toArray());
        return batches;
    }

    private boolean isOutOfPatience() {
        return spec.earlyStoppingPatience() > 0 && progress.validationsWithoutGain() >= spec.earlyStoppingPatience();
    }

    private void saveCheckpoint() {
        if (progress.steps() == 0 || progress.equals(saved)) {
            return;
        }
        Instant begun = now();
        long bytes = checkpoints.save(model, progress, folders.bestAdapter());
        pace.saved(begun, now());
        saved = progress;
        tell(new CheckpointSaved(now(), progress.steps(), bytes));
    }

    private TrainingResult finish() {
        boolean early = progress.steps() < plan.steps();
        Optional<Progress.Best> best = progress.bestSoFar();
        if (early) {
            Progress.Best lowest = best.orElseThrow();
            tell(new StoppedEarly(
                    now(),
                    progress.steps(),
                    String.format(
                            Locale.ROOT,
                            "%d validations without a lower loss than %.4f at step %d",
                            progress.validationsWithoutGain(),
                            lowest.loss(),
                            lowest.step())));
        }
        folders.finish(model, best.isPresent());
        checkpoints.clear();
        return new TrainingResult.Finished(
                progress.steps(),
                best.map(Progress.Best::step).orElse(progress.steps()),
                best.map(Progress.Best::loss).orElse(null),
                progress.tokens(),
                early);
    }

    private void notice(Problem problem) {
        tell(new Noticed(now(), problem));
    }

    private void tell(RunEvent event) {
        surroundings.events().accept(event);
    }

    private Instant now() {
        return surroundings.clock().instant();
    }
}
