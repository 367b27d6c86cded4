package dev.finetune4j.engine.estimate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.finetune4j.plan.Fit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How good the estimates are on runs that somebody measured. Errors and shares are fractions; null where no row could be judged, in
 * JSON too, where each figure has its key.
 *
 * @param memory peak memory of one GPU
 * @param throughput tokens a second of one GPU
 * @param wallTime how long runs took
 * @param skipped rows that have the columns of a comparison, or ran out of memory, and could not be compared, and why
 */
public record Backtest(Memory memory, Throughput throughput, WallTime wallTime, List<Skipped> skipped) {
    /** Seconds that a process takes to start, to load and to warm up; judgement. */
    private static final double START_SECONDS = 20;

    /**
     * Memory.
     *
     * @param rows rows compared
     * @param medianError median of the absolute error
     * @param verdictsRight share of rows with a GPU that ran and were not refused, or ran out of memory and were not let pass
     * @param insideInterval share between P10 and P90
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Memory(
            int rows,
            @Nullable Double medianError,
            @Nullable Double verdictsRight,
            @Nullable Double insideInterval) {}

    /**
     * Speed.
     *
     * @param rows rows compared
     * @param medianError median of the absolute error
     * @param insideInterval share between P10 and P90
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Throughput(
            int rows,
            @Nullable Double medianError,
            @Nullable Double insideInterval) {}

    /**
     * Wall time.
     *
     * @param rows rows compared
     * @param medianFactor median of how many times too long or too short
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record WallTime(int rows, @Nullable Double medianFactor) {}

    /**
     * A row that could not be compared.
     *
     * @param row its number below the header, from 1
     * @param why why not
     */
    public record Skipped(int row, String why) {}

    /** Copies the list. */
    public Backtest {
        skipped = List.copyOf(skipped);
    }

    /** Hears how many runs of a table have been compared. Called from the comparing thread, after each run. */
    @FunctionalInterface
    public interface Progress {
        /** So many runs of all that could be read are done. */
        void compared(int runs, int all);
    }

    /**
     * Judges the models of this version by a table with the columns that {@code docs/estimates.md} tells.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0740 if it cannot be read
     */
    public static Backtest of(Path file) {
        return of(RunTable.of(file));
    }

    /**
     * The same, where somebody waits for it.
     *
     * @param progress hears how it goes on
     * @throws dev.finetune4j.error.FineTuneException with FT0740 if it cannot be read
     */
    public static Backtest of(Path file, Progress progress) {
        return of(RunTable.of(file), progress);
    }

    static Backtest of(RunTable table) {
        return of(table, (runs, all) -> {});
    }

    private static Backtest of(RunTable table, Progress progress) {
        List<Skipped> skipped = new ArrayList<>(table.skipped());
        Calibration ofMemory = Calibration.shipped(Quantity.MEMORY);
        Calibration ofSpeed = Calibration.shipped(Quantity.SPEED);
        MemoryModel memoryModel = new MemoryModel(ofMemory);
        SpeedModel speedModel = new SpeedModel(ofSpeed);
        List<Judged> memory = new ArrayList<>();
        List<Judged> speed = new ArrayList<>();
        List<Double> factors = new ArrayList<>();
        List<Boolean> verdicts = new ArrayList<>();
        int compared = 0;
        for (PublishedRun run : table.runs()) {
            judged(Quantity.MEMORY, ofMemory, run, skipped).ifPresent(memory::add);
            judged(Quantity.SPEED, ofSpeed, run, skipped).ifPresent(speed::add);
            wallTimeFactor(speedModel, run, skipped).ifPresent(factors::add);
            if (run.hasVerdict()) { // a run that ran may be tight, one that failed too
                verdicts.add(run.isRightlyCalled(verdict(memoryModel, run)));
            }
            run.whyUnjudged().ifPresent(why -> skipped.add(new Skipped(run.row(), why)));
            compared++;
            progress.compared(compared, table.runs().size());
        }
        return new Backtest(
                new Memory(
                        memory.size(),
                        Quantiles.median(memory.stream().map(Judged::error).toList()),
                        Quantiles.share(verdicts),
                        Quantiles.share(memory.stream().map(Judged::isInside).toList())),
                new Throughput(
                        speed.size(),
                        Quantiles.median(speed.stream().map(Judged::error).toList()),
                        Quantiles.share(speed.stream().map(Judged::isInside).toList())),
                new WallTime(factors.size(), Quantiles.median(factors)),
                oncePerRow(skipped));
    }

    private static List<Skipped> oncePerRow(List<Skipped> skipped) {
        Map<Integer, String> whyByRow = new TreeMap<>();
        skipped.forEach(one -> whyByRow.merge(one.row(), one.why(), (first, second) -> first + "; " + second));
        return whyByRow.entrySet().stream()
                .map(entry -> new Skipped(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Optional<Judged> judged(
            Quantity quantity, Calibration calibration, PublishedRun run, List<Skipped> skipped) {
        PublishedRun.Observed observed = quantity.observed(run);
        if (observed.isUsable()) {
            return Optional.of(Judged.of(quantity, calibration, run));
        }
        if (observed.why() != null) {
            skipped.add(new Skipped(run.row(), observed.why()));
        }
        return Optional.empty();
    }

    static Fit verdict(MemoryModel model, PublishedRun run) {
        Range needed = model.needed(Objects.requireNonNull(run.architecture()), Objects.requireNonNull(run.setup()));
        return MemoryModel.fit(needed, Objects.requireNonNull(run.gpu()).usableMemoryGib());
    }

    private static Optional<Double> wallTimeFactor(SpeedModel model, PublishedRun run, List<Skipped> skipped) {
        PublishedRun.Observed wallTime = run.wallTime();
        if (wallTime.isUsable()) {
            SpeedEstimate speed = model.estimate(
                    Objects.requireNonNull(run.architecture()),
                    Objects.requireNonNull(run.setup()),
                    Objects.requireNonNull(run.gpu()));
            double tokens = run.trainedTokens().orElseThrow();
            double seconds = START_SECONDS + tokens / speed.tokensPerSecond().likely();
            double factor = seconds / wallTime.value();
            return Optional.of(Math.max(factor, 1 / factor));
        }
        if (wallTime.why() != null) {
            skipped.add(new Skipped(run.row(), wallTime.why()));
        }
        return Optional.empty();
    }
}
