package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What earlier runs of a model tell of further ones. */
public final class PastRuns {
    /** Enough to show how much the speed of this machine varies, and all from lately. */
    private static final int LATEST = 5;

    /** So many runs are looked at: a home may have thousands, and whoever plans waits for them to be read. */
    private static final int LOOKED_AT = 100;

    /** Rows differ in length and other programs run beside: with five runs or one, a further one may well lie outside of them. */
    private static final double FASTER = 0.8;

    private static final double SLOWER = 1.33;

    private final RunStore store;

    /** The runs of a home. */
    public PastRuns(RunStore store) {
        this.store = store;
    }

    /**
     * What runs will take, one after the other, if as many of their tokens are computed as of the rows of those that are told from.
     *
     * @param like a job of the same model, method and target
     * @return empty where no such run has succeeded here
     */
    public Optional<TimeForecast> forecast(PreparedJob like, List<RunWork> works) {
        List<RunSpeed> speeds = store.lately()
                .limit(LOOKED_AT)
                .filter(run -> isLike(run, like))
                .flatMap(run -> speed(run).stream())
                .limit(LATEST)
                .toList();
        if (speeds.isEmpty()) {
            return Optional.empty();
        }
        DoubleSummaryStatistics seconds = speeds.stream()
                .mapToDouble(speed -> works.stream().mapToDouble(speed::seconds).sum())
                .summaryStatistics();
        return Optional.of(new TimeForecast(
                duration(FASTER * seconds.getMin()), duration(SLOWER * seconds.getMax()), speeds.size()));
    }

    /**
     * The latest runs that succeeded at a place, those of the same model and method first.
     *
     * @param job the job that is asked about
     * @param modelDigest digest of its model's files
     */
    public List<PastRun> latest(FineTuneJob job, String modelDigest, ProviderId target) {
        List<PastRun> alike = new ArrayList<>();
        List<PastRun> others = new ArrayList<>();
        Iterator<RunView> runs = store.lately().limit(LOOKED_AT).iterator();
        while (runs.hasNext() && alike.size() < LATEST) {
            RunView run = runs.next();
            boolean isAlike = isOfModel(run, modelDigest) && isByMethodOf(run, job);
            List<PastRun> found = isAlike ? alike : others;
            if (run.closed()
                    && run.state() == RunState.SUCCEEDED
                    && target.equals(run.provider())
                    && found.size() < LATEST) {
                past(run, isAlike).ifPresent(found::add);
            }
        }
        return Stream.concat(alike.stream(), others.stream()).toList();
    }

    private Optional<PastRun> past(RunView run, boolean isAlike) {
        try {
            List<RunEvent> events = SavedEvents.read(store.folder(run.id()));
            Optional<TrainingHistory> history = TrainingHistory.of(events);
            return RunSpeed.of(events, answers(run))
                    .flatMap(speed -> history.filter(training -> training.plan() != null)
                            .map(training -> {
                                RunEvent.TrainingStarted plan = Objects.requireNonNull(training.plan());
                                double ofModel = plan.trainableParameters() == plan.parameters() ? 6 : 4;
                                double flops = ofModel * plan.parameters()
                                        + (ofModel == 4 ? 6.0 * plan.trainableParameters() : 0);
                                double computed = Objects.requireNonNullElse(plan.computedShare(), 1.0);
                                return new PastRun(
                                        isAlike,
                                        plan.precision(),
                                        speed,
                                        flops * training.tokensPerSecond() * computed,
                                        computed,
                                        training.peakResidentBytes());
                            }));
        } catch (FineTuneException e) {
            return Optional.empty(); // of a run whose events are damaged nothing is told
        }
    }

    private static long answers(RunView run) {
        EvaluationReport evaluation = run.evaluation();
        return evaluation == null
                ? 0
                : evaluation.rows() * evaluation.variants().size();
    }

    private static boolean isLike(RunView run, PreparedJob like) {
        return run.closed()
                && run.state() == RunState.SUCCEEDED
                && isOfModel(run, like.model().digest())
                && isByMethodOf(run, like.file().job())
                && run.provider() != null
                && like.file().job().targets().contains(run.provider());
    }

    private static boolean isOfModel(RunView run, String digest) {
        return run.prepared() != null && run.prepared().modelDigest().equals(digest);
    }

    private static boolean isByMethodOf(RunView run, FineTuneJob job) {
        return run.job().method().getClass() == job.method().getClass();
    }

    private Optional<RunSpeed> speed(RunView run) {
        try {
            return RunSpeed.of(SavedEvents.read(store.folder(run.id())), answers(run));
        } catch (FineTuneException e) {
            return Optional.empty(); // of a run whose events are damaged nothing is told
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }
}
