package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WaitingShare;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What earlier runs of a model tell of further ones. */
public final class PastRuns {
    /** Enough to show how much the speed of this machine varies, and all from lately. */
    private static final int LATEST = 5;

    /** So many runs are looked at: a home may have thousands. */
    private static final int LOOKED_AT = 100;

    /** Rows differ in length and other programs run beside: with five runs or one, a further one may well lie outside of them. */
    private static final double FASTER = 0.8;

    private static final double SLOWER = 1.33;

    private final RunStore store;
    private final MeasureCache cache;
    private final FigureCache figures;
    private final @Nullable Double computedShare;

    /** The runs of a home folder, asked about a job of which nobody tells how many of its tokens are computed. */
    public PastRuns(Path home) {
        this(home, null);
    }

    /**
     * The runs of a home folder.
     *
     * @param computedShare tokens that the job which is asked about computes for each token of its rows, or null where nobody tells
     */
    public PastRuns(Path home, @Nullable Double computedShare) {
        this.store = new RunStore(home);
        this.cache = new MeasureCache(home);
        this.figures = new FigureCache(home);
        this.computedShare = computedShare;
    }

    /**
     * What runs will take, one after the other; where nobody tells how many of their tokens are computed, as if it were as many as of
     * those that are told from.
     *
     * @param job the job that they are like, in model, method and target
     * @param modelDigest digest of its model's files
     * @return empty where no such run has succeeded here
     */
    public Optional<TimeForecast> forecast(FineTuneJob job, String modelDigest, List<RunWork> works) {
        List<RunMeasure.Success> latest;
        try (Pass pass = new Pass()) {
            latest = pass.measures()
                    .filter(measure -> measure.isOf(modelDigest, job.method()))
                    .flatMap(measure -> Stream.ofNullable(measure.success()))
                    .filter(success -> job.targets().contains(success.provider()))
                    .limit(LATEST)
                    .toList();
        }
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        List<RunMeasure.Success> runs = Undisturbed.of(latest, RunMeasure.Success::waitingShare);
        DoubleSummaryStatistics alone = runs.stream()
                .mapToDouble(run -> WaitingShare.alone(run.waitingShare()) * seconds(run, works))
                .summaryStatistics();
        DoubleSummaryStatistics taken =
                runs.stream().mapToDouble(run -> seconds(run, works)).summaryStatistics();
        return Optional.of(
                new TimeForecast(duration(FASTER * alone.getMin()), duration(SLOWER * taken.getMax()), runs.size()));
    }

    private double seconds(RunMeasure.Success run, List<RunWork> works) {
        RunSpeed speed = run.speedFor(computedShare);
        return works.stream().mapToDouble(speed::seconds).sum();
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
        try (Pass pass = new Pass()) {
            Iterator<RunFolder> folders = pass.folders.iterator();
            while (folders.hasNext() && alike.size() < LATEST) {
                RunFolder folder = folders.next();
                RunMeasure measure = pass.measure(folder).orElse(null);
                if (measure == null) {
                    continue;
                }
                boolean isAlike = measure.isOf(modelDigest, job.method());
                List<PastRun> found = isAlike ? alike : others;
                if (found.size() < LATEST) {
                    Optional.ofNullable(measure.success())
                            .filter(success -> success.provider().equals(target))
                            .flatMap(success -> success.past(isAlike))
                            .map(past -> isAlike && past.work() == null ? past.with(laterWork(folder)) : past)
                            .ifPresent(found::add);
                }
            }
        }
        return Stream.concat(alike.stream(), others.stream()).toList();
    }

    /** What its rows are like may be known only since its job was planned again, by this version or with its rows looked at. */
    private PastRun.@Nullable Work laterWork(RunFolder folder) {
        RunView run = store.view(folder).orElse(null);
        JournalEntry.Prepared prepared = run == null ? null : run.prepared();
        return run == null || prepared == null ? null : work(run, prepared);
    }

    /** Goes over the runs that changed last, as far as it is asked, and keeps what it had to read anew. */
    private final class Pass implements AutoCloseable {
        private final List<RunFolder> folders = store.lately().limit(LOOKED_AT).toList();
        private final Map<String, RunMeasure> kept = cache.read();
        private final Map<String, RunMeasure> known = new LinkedHashMap<>(kept);

        Stream<RunMeasure> measures() {
            return folders.stream().flatMap(folder -> measure(folder).stream());
        }

        private Optional<RunMeasure> measure(RunFolder folder) {
            BasicFileAttributes journal;
            try {
                journal = Files.readAttributes(folder.journal(), BasicFileAttributes.class);
            } catch (IOException e) {
                return Optional.empty();
            }
            long bytes = journal.size();
            Instant changedAt = journal.lastModifiedTime().toInstant();
            RunMeasure before = known.get(folder.id().value());
            if (before != null && before.isOf(bytes, changedAt)) {
                return Optional.of(before);
            }
            return store.view(folder).filter(RunView::closed).map(run -> {
                RunMeasure measure =
                        new RunMeasure(bytes, changedAt, run.job().method().kind(), success(run));
                known.put(folder.id().value(), measure);
                return measure;
            });
        }

        @Override
        public void close() {
            known.keySet()
                    .retainAll(
                            folders.stream().map(folder -> folder.id().value()).toList());
            if (!known.equals(kept)) {
                cache.write(known);
            }
        }
    }

    private RunMeasure.@Nullable Success success(RunView run) {
        JournalEntry.Prepared prepared = run.prepared();
        ProviderId provider = run.provider();
        if (run.state() != RunState.SUCCEEDED || prepared == null || provider == null) {
            return null;
        }
        try {
            List<RunEvent> events = SavedEvents.read(store.folder(run.id()));
            Optional<TrainingHistory> training = TrainingHistory.of(events);
            return RunSpeed.of(events, answers(run))
                    .map(speed -> new RunMeasure.Success(
                            prepared.modelDigest(),
                            provider,
                            speed,
                            training.map(TrainingHistory::waitingShare).orElse(null),
                            training.flatMap(history -> steps(history, run.job().method()))
                                    .orElse(null),
                            work(run, prepared)))
                    .orElse(null);
        } catch (FineTuneException e) {
            return null; // of a run whose events are damaged nothing is told
        }
    }

    /** Null where nobody kept what its rows are like, as of a learning curve's, or an older version did. */
    private PastRun.@Nullable Work work(RunView run, JournalEntry.Prepared prepared) {
        return figures.find(run.job(), prepared.dataDigest(), prepared.modelDigest())
                .map(rows -> new PastRun.Work(run.job(), rows))
                .orElse(null);
    }

    private static Optional<RunMeasure.Steps> steps(TrainingHistory training, TuningMethod method) {
        RunEvent.TrainingStarted plan = training.plan();
        if (plan == null) {
            return Optional.empty();
        }
        double computed = Objects.requireNonNullElse(plan.computedShare(), 1.0);
        return Optional.of(new RunMeasure.Steps(
                plan.precision(),
                plan.parameters(),
                flopsPerToken(plan, method) * training.tokensPerSecond() * computed,
                computed,
                training.peakResidentBytes()));
    }

    private static double flopsPerToken(RunEvent.TrainingStarted plan, TuningMethod method) {
        if (plan.trainableParameters() == plan.parameters()) {
            return 6.0 * plan.parameters();
        }
        double ofModel = method instanceof HeadTuning ? 2 : 4;
        return ofModel * plan.parameters() + 6.0 * plan.trainableParameters();
    }

    private static long answers(RunView run) {
        EvaluationReport evaluation = run.evaluation();
        return evaluation == null
                ? 0
                : evaluation.rows() * evaluation.variants().size();
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }
}
