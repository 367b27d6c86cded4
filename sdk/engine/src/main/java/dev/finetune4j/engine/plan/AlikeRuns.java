package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.PastRun;
import dev.finetune4j.engine.launch.Undisturbed;
import dev.finetune4j.run.WaitingShare;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What runs of the same model and method on this machine tell of a job. The time of their steps is scaled by the operations of a token, which
 * grow with the length of rows. That of their answers counts where models answered in the same way, and is scaled by what such an answer takes: a
 * text is written in far more time than a label is chosen. Runs beside which other programs computed count where there are no others, and a further
 * one may then be as fast as they would have been alone.
 */
final class AlikeRuns {
    /** A further run may well be slower than the slowest of a few, or faster than the fastest. */
    static final double SLOWER = 1.15;

    private static final double FASTER = 0.87;
    /** Beyond that for other work: docs/performance.md has rates of 0.69 to 0.82 of the roof for rows of 128 to 2,048 tokens. */
    private static final double OTHER_WORK = 1.3;
    /** Rows or answers that take so many times as much or as little are other work. */
    private static final double FAR = 2;

    private final PlannedJob job;
    private final OwnAnswers answers;
    private final List<Known> runs;
    private final double alone;

    /**
     * A run.
     *
     * @param work the job that it was, or null where nobody knows any more
     */
    private record Known(PastRun run, @Nullable PlannedJob work) {
        double secondsPerToken() {
            return run.speed().secondsPerToken() / run.computedShare();
        }
    }

    /** A figure that one run tells, and the factor by which a further run's may be off either way, beside what runs differ by. */
    private record Told(double value, double factor) {}

    /**
     * Those of some runs that are alike.
     *
     * @param past runs that succeeded on this machine
     */
    AlikeRuns(PlannedJob job, List<PastRun> past, OwnAnswers answers) {
        this.job = job;
        this.answers = answers;
        List<PastRun> alike = past.stream().filter(PastRun::isAlike).toList();
        this.runs = Undisturbed.of(alike, PastRun::waitingShare).stream()
                .map(run -> new Known(run, work(run)))
                .toList();
        this.alone = leastAlone(runs.stream().map(Known::run));
    }

    /** What the work of the run that was disturbed most takes alone, as a share of what it took; 1 where none was. */
    static double leastAlone(Stream<PastRun> runs) {
        return runs.mapToDouble(run -> WaitingShare.alone(run.waitingShare()))
                .min()
                .orElse(1);
    }

    /** Whether other programs computed beside all of them. */
    boolean areDisturbed() {
        return alone < 1;
    }

    private @Nullable PlannedJob work(PastRun run) {
        PastRun.Work work = run.work();
        return work == null ? null : new PlannedJob(work.job(), work.rows(), job.model());
    }

    /** How many there are. */
    int count() {
        return runs.size();
    }

    /**
     * Seconds of all but steps and answers, of which validation losses are scaled.
     *
     * @param computedShare tokens that the job computes for each token of its rows
     */
    Uncertain otherSeconds(double computedShare) {
        return spread(runs.stream().map(known -> otherOf(known, computedShare)));
    }

    private Told otherOf(Known known, double computedShare) {
        double seconds = known.run().speed().otherSeconds() + 0.01;
        PlannedJob work = known.work();
        if (work == null) {
            return new Told(seconds, 1);
        }
        double flops = watchingFlops(job) * computedShare
                - watchingFlops(work) * known.run().computedShare();
        double least =
                Math.min(seconds, answers.assumptions().get("local.start-up").low());
        double scaled = Math.max(least, seconds + flops * known.secondsPerToken() / work.flopsPerToken());
        return new Told(scaled, isFar(scaled / seconds) ? OTHER_WORK : 1);
    }

    private static double watchingFlops(PlannedJob of) {
        return of.watchedTokens() * of.readingFlops();
    }

    /** Seconds of a token that training computes. */
    Uncertain secondsPerToken() {
        return spread(runs.stream().map(this::tokenOf));
    }

    private Told tokenOf(Known known) {
        PlannedJob work = known.work();
        if (work == null) {
            return new Told(known.secondsPerToken(), OTHER_WORK);
        }
        return new Told(known.secondsPerToken() * (job.flopsPerToken() / work.flopsPerToken()), factor(work));
    }

    /** Seconds that an operation of their steps took, for work of another kind. */
    Uncertain secondsPerFlop() {
        return spread(runs.stream().map(known -> new Told(1 / rate(known), OTHER_WORK)));
    }

    private static double rate(Known known) {
        PlannedJob work = known.work();
        return work == null ? known.run().flopsPerSecond() : work.flopsPerToken() / known.secondsPerToken();
    }

    /** Seconds of a held-out row and model; empty where no model of these runs is known to have answered in the same way. */
    Optional<Uncertain> secondsPerAnswer() {
        List<Told> told =
                runs.stream().flatMap(known -> answerOf(known).stream()).toList();
        return told.isEmpty() ? Optional.empty() : Optional.of(spread(told.stream()));
    }

    private Optional<Told> answerOf(Known known) {
        PlannedJob work = known.work();
        double seconds = known.run().speed().secondsPerAnswer();
        if (work == null || seconds <= 0 || !job.answers().areLike(work.answers())) {
            return Optional.empty();
        }
        Sample perFlop = answers.worlds().constant(known.secondsPerToken() / work.flopsPerToken());
        double times = ofAnswer(job, perFlop) / ofAnswer(work, perFlop);
        return Optional.of(new Told(seconds * times, isFar(times) ? OTHER_WORK : factor(work)));
    }

    private double ofAnswer(PlannedJob of, Sample perFlop) {
        return answers.ofRow(of, perFlop).percentiles().likely() / of.answers().models();
    }

    private double factor(PlannedJob work) {
        return isFar(job.lengths().mean() / work.lengths().mean()) ? OTHER_WORK : 1;
    }

    private static boolean isFar(double times) {
        return times > FAR || times < 1 / FAR;
    }

    private Uncertain spread(Stream<Told> figures) {
        List<Told> sorted =
                figures.sorted(Comparator.comparingDouble(Told::value)).toList();
        return new Uncertain(
                FASTER
                        * alone
                        * sorted.stream()
                                .mapToDouble(told -> told.value() / told.factor())
                                .min()
                                .orElseThrow(),
                sorted.get(sorted.size() / 2).value(),
                SLOWER
                        * sorted.stream()
                                .mapToDouble(told -> told.value() * told.factor())
                                .max()
                                .orElseThrow());
    }
}
