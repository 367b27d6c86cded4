package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.PastEstimate;
import dev.finetune4j.engine.launch.Undisturbed;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the errors of past estimates do to further ones, each by those of the latest runs like it.
 *
 * @param estimates estimates that runs have put to the test, oldest first
 */
record PastErrors(List<PastEstimate> estimates) {
    /** Where no run has put an estimate to the test. */
    static final PastErrors NONE = new PastErrors(List.of());

    /** Past errors move the time by at most this, and the memory by at most that: beyond it something else is wrong. */
    private static final double MOST_TIME = 3;

    private static final double MOST_MEMORY = 1.25;
    private static final int LATEST = 10;
    private static final double HALF_SECOND = 0.5;

    /**
     * Of the whole time of runs that were foreseen in the same way at the same place, of the same family, method and number format: of those beside
     * which no other program computed, where there are any.
     */
    Correction ofTime(Foreseen kind) {
        return Correction.of(
                Undisturbed.of(like(kind::isLike).toList(), ForeseenAndActual::waitingShare).stream()
                        .map(figures -> trial(
                                figures.foreseen().time(), figures.foreseen().timeFactor(), figures.took()))
                        .toList(),
                MOST_TIME);
    }

    /** Of the memory of the same runs. */
    Correction ofMemory(Foreseen kind) {
        return memory(like(kind::isLike));
    }

    /**
     * Of the memory of each GPU that is let, whichever it is and however many there are: how far the estimate is off is taken not to depend
     * on that.
     *
     * @param target the place
     * @param family architecture of the base model
     * @param method how it is tuned, in the words of a report
     */
    Correction ofGpuMemory(ProviderId target, String family, String method) {
        return memory(like(foreseen -> foreseen.steps() != null && isOf(foreseen, target, family, method)));
    }

    private static Correction memory(Stream<ForeseenAndActual> runs) {
        return Correction.of(
                runs.filter(figures -> hasWidth(figures.foreseen().memory()) && figures.peakBytes() > 0)
                        .map(figures -> new Correction.Trial(
                                uncertain(Objects.requireNonNull(
                                                        figures.foreseen().memory()))
                                                .likely()
                                        / figures.foreseen().memoryFactor(),
                                figures.peakBytes()))
                        .toList(),
                MOST_MEMORY);
    }

    /**
     * Whether it is a range: files of older versions hold the most that a run on this machine may take as all three numbers, and how far a
     * run stays below that is no error of what is now called likely.
     */
    private static boolean hasWidth(@Nullable ByteRange memory) {
        return memory != null && memory.low() < memory.high();
    }

    /**
     * Of the steps alone, by GPUs that are let: how long a machine is waited for and brought differs from run to run, and tells nothing of
     * them.
     *
     * @param gpus as {@link Foreseen.Steps} has them
     * @param family architecture of the base model
     * @param method how it is tuned, in the words of a report
     */
    Correction ofSteps(ProviderId target, String gpus, String family, String method) {
        return Correction.of(
                like(foreseen -> foreseen.steps() != null
                                && foreseen.steps().gpus().equals(gpus)
                                && isOf(foreseen, target, family, method))
                        .filter(figures -> figures.steps() != null)
                        .map(figures -> trial(
                                Objects.requireNonNull(figures.foreseen().steps())
                                        .time(),
                                Objects.requireNonNull(figures.foreseen().steps())
                                        .factor(),
                                Objects.requireNonNull(figures.steps())))
                        .toList(),
                MOST_TIME);
    }

    private static boolean isOf(Foreseen foreseen, ProviderId target, String family, String method) {
        return foreseen.target().equals(target)
                && foreseen.family().equals(family)
                && foreseen.method().equals(method);
    }

    private Stream<ForeseenAndActual> like(Predicate<Foreseen> kind) {
        List<ForeseenAndActual> like = estimates.stream()
                .map(PastEstimate::figures)
                .filter(figures -> kind.test(figures.foreseen()))
                .toList();
        return like.stream().skip(Math.max(0, like.size() - LATEST));
    }

    /** Ranges are kept to the second; less than half of one is told by nothing. */
    private static Correction.Trial trial(DurationRange time, double factor, Duration took) {
        return new Correction.Trial(
                Math.max(HALF_SECOND, seconds(time.likely())) / factor, Math.max(HALF_SECOND, seconds(took)));
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    /** A range of bytes, of at least one. */
    static Uncertain uncertain(ByteRange memory) {
        double low = Math.max(1, memory.low());
        double likely = Math.max(low, (double) memory.likely());
        return new Uncertain(low, likely, Math.max(likely, (double) memory.high()));
    }
}
