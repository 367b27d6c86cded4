package dev.finetune4j.engine.report;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WaitingShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened while weights were trained.
 *
 * @param plan what the training was to be, or null where its place does not tell
 * @param completedSteps optimizer steps done; steps done again after an interruption count once
 * @param tokens tokens of the rows that steps went over; 0 where the place does not tell
 * @param tokensPerSecond these tokens by the time that steps took; 0 where the place does not tell
 * @param peakResidentBytes most resident memory that a worker ever had; where it does not tell, the largest seen after a step; 0 where
 *     nobody tells
 * @param peakGpuBytes most memory that a worker ever held of one GPU; 0 where nobody tells
 * @param waitingShare share of the time in which a worker's threads could have computed that they waited for a processor, of the worker that waited
 *     most, as {@link WaitingShare} has it
 * @param checkpoints checkpoints saved
 * @param resumes how often training went on from a checkpoint
 * @param stoppedEarly why it ended before its last planned step, or null
 * @param bestValidation the lowest validation loss and its step, or null
 * @param loss training loss by step, in nats per counted token
 * @param smoothedLoss exponential moving average of the loss
 * @param smoothingSpan span of that average in steps: weight of the newest is {@code 2 / (span + 1)}
 * @param validation validation loss, in nats per counted token
 * @param throughput tokens per second by step; empty where the place does not tell
 * @param residentBytes resident memory by step; empty where the place does not tell
 */
public record TrainingHistory(
        RunEvent.@Nullable TrainingStarted plan,
        int completedSteps,
        long tokens,
        double tokensPerSecond,
        long peakResidentBytes,
        long peakGpuBytes,
        @Nullable Double waitingShare,
        int checkpoints,
        int resumes,
        @Nullable String stoppedEarly,
        Series.@Nullable Point bestValidation,
        Series loss,
        Series smoothedLoss,
        int smoothingSpan,
        Series validation,
        Series throughput,
        Series residentBytes) {
    /** The time that steps took; empty where the place does not tell how fast they were. */
    public Optional<Duration> stepTime() {
        return tokensPerSecond > 0
                ? Optional.of(Duration.ofMillis(Math.round(1000 * tokens / tokensPerSecond)))
                : Optional.empty();
    }

    /** The history in a run's events; empty if training never started, or its place tells nothing of it. */
    public static Optional<TrainingHistory> of(List<RunEvent> events) {
        Collected collected = new Collected();
        events.forEach(collected::add);
        return Optional.ofNullable(collected.history());
    }

    /**
     * Sorts events out. A run that is resumed goes back to its checkpoint, one that died before its first checkpoint begins anew,
     * and so do the curves: a step that is done again stands for itself and all that came after it.
     */
    private static final class Collected {
        private RunEvent.@Nullable TrainingStarted plan;
        private final List<RunEvent.StepCompleted> steps = new ArrayList<>();
        private final List<RunEvent.ValidationCompleted> validations = new ArrayList<>();
        private int checkpoints;
        private int resumes;
        private long workerPeak;
        private long gpuPeak;
        private @Nullable Double waitingShare;
        private @Nullable String stoppedEarly;

        void add(RunEvent event) {
            if (event instanceof RunEvent.TrainingStarted started) {
                plan = started;
            } else if (event instanceof RunEvent.StepCompleted step) {
                goBackTo(step.step() - 1);
                steps.add(step);
            } else if (event instanceof RunEvent.ValidationCompleted validation) {
                validations.removeIf(earlier -> earlier.step() >= validation.step());
                validations.add(validation);
            } else if (event instanceof RunEvent.CheckpointSaved) {
                checkpoints++;
            } else if (event instanceof RunEvent.Resumed resumed) {
                resumes++;
                goBackTo(resumed.step());
            } else if (event instanceof RunEvent.WorkerEnded ended) {
                workerPeak = Math.max(workerPeak, ended.peakResidentBytes());
                gpuPeak = Math.max(gpuPeak, ended.peakGpuBytes() == null ? 0 : ended.peakGpuBytes());
                waitingShare = larger(waitingShare, ended.waitingShare());
            } else if (event instanceof RunEvent.StoppedEarly stopped) {
                stoppedEarly = stopped.reason();
            }
        }

        private static @Nullable Double larger(@Nullable Double one, @Nullable Double other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            return Math.max(one, other);
        }

        private void goBackTo(int done) {
            steps.removeIf(step -> step.step() > done);
            validations.removeIf(validation -> validation.step() > done);
        }

        @Nullable
        TrainingHistory history() {
            if (plan == null && steps.isEmpty()) {
                return null;
            }
            List<Series.Point> loss = steps.stream()
                    .map(step -> new Series.Point(step.step(), step.loss()))
                    .toList();
            int span = Math.max(5, steps.size() / 10);
            long tokens =
                    steps.stream().mapToLong(step -> Math.max(0, step.tokens())).sum();
            return new TrainingHistory(
                    plan,
                    steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step(),
                    tokens,
                    meanThroughput(tokens),
                    Math.max(
                            workerPeak,
                            steps.stream()
                                    .mapToLong(RunEvent.StepCompleted::residentBytes)
                                    .max()
                                    .orElse(0)),
                    gpuPeak,
                    waitingShare,
                    checkpoints,
                    resumes,
                    stoppedEarly,
                    best(),
                    Series.thinned(loss),
                    Series.thinned(smoothed(loss, span)),
                    span,
                    Series.thinned(validations.stream()
                            .map(validation -> new Series.Point(validation.step(), validation.loss()))
                            .toList()),
                    told(RunEvent.StepCompleted::tokensPerSecond),
                    told(RunEvent.StepCompleted::residentBytes));
        }

        /** A figure of the steps of which it is known. */
        private Series told(ToDoubleFunction<RunEvent.StepCompleted> figure) {
            return Series.thinned(steps.stream()
                    .filter(step -> figure.applyAsDouble(step) >= 0)
                    .map(step -> new Series.Point(step.step(), figure.applyAsDouble(step)))
                    .toList());
        }

        private double meanThroughput(long tokens) {
            double seconds = steps.stream()
                    .filter(step -> step.tokensPerSecond() > 0)
                    .mapToDouble(step -> step.tokens() / step.tokensPerSecond())
                    .sum();
            return seconds == 0 ? 0 : tokens / seconds;
        }

        private Series.@Nullable Point best() {
            return validations.stream()
                    .filter(validation -> Double.isFinite(validation.loss()))
                    .min((one, other) -> Double.compare(one.loss(), other.loss()))
                    .map(validation -> new Series.Point(validation.step(), validation.loss()))
                    .orElse(null);
        }

        /** Exponential moving average whose weights sum to 1 from the first step on, so that it has no start-up bias. */
        private static List<Series.Point> smoothed(List<Series.Point> points, int span) {
            double keep = 1 - 2.0 / (span + 1);
            double sum = 0;
            double weights = 0;
            List<Series.Point> smoothed = new ArrayList<>();
            for (Series.Point point : points) {
                if (Double.isFinite(point.value())) {
                    sum = keep * sum + point.value();
                    weights = keep * weights + 1;
                    smoothed.add(new Series.Point(point.step(), sum / weights));
                }
            }
            return smoothed;
        }
    }
}
