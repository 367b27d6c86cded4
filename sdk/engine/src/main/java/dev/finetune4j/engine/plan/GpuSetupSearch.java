package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.plan.TrainerSettings.Sharing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds how a job is best set up on some GPUs: the largest micro-batch that fits, with all activations kept or computed again, whichever
 * is faster, unless the job says which; the model on each GPU, or shared out where it does not fit one, or leaves too little of it, and can
 * be. A step stays as many rows as the job says.
 */
final class GpuSetupSearch {
    private final PlannedJob job;
    private final MemoryModel memory;
    private final SpeedModel speed;
    private final Correction ofMemory;
    private final boolean isByScript;

    /**
     * A search.
     *
     * @param ofMemory what past runs have taught of the memory
     * @param isByScript whether the place trains by a script of its own
     */
    GpuSetupSearch(PlannedJob job, MemoryModel memory, SpeedModel speed, Correction ofMemory, boolean isByScript) {
        this.job = job;
        this.memory = memory;
        this.speed = speed;
        this.ofMemory = ofMemory;
        this.isByScript = isByScript;
    }

    /**
     * The best setup; where none fits, the one that needs least.
     *
     * @param count GPUs that there are; of them so many work as the rows of a step can be shared out to
     */
    GpuRun best(Gpu gpu, int count) {
        int gpus = working(count);
        GpuRun last = null;
        for (Sharing sharing : sharings(gpu, gpus)) {
            GpuRun smallest = run(gpu, gpus, sharing, 1, job.training().recompute() != Recompute.NONE);
            if (smallest.fit() == Fit.FITS) {
                return fastest(gpu, gpus, sharing).orElse(smallest);
            }
            last = last == null
                            || smallest.neededGib().likely() < last.neededGib().likely()
                    ? smallest
                    : last;
        }
        return Objects.requireNonNull(last);
    }

    private List<Sharing> sharings(Gpu gpu, int gpus) {
        if (gpus == 1) {
            return List.of(Sharing.SINGLE);
        }
        return new GpuSetup(job, gpu, isByScript).sharesWeightsUnasked()
                ? List.of(Sharing.FSDP)
                : List.of(Sharing.DDP, Sharing.FSDP);
    }

    /** The most GPUs that the rows of a step can be shared out to evenly. */
    private int working(int count) {
        int gpus = Math.min(count, job.stepRows());
        while (job.stepRows() % gpus != 0) {
            gpus--;
        }
        return gpus;
    }

    private Optional<GpuRun> fastest(Gpu gpu, int gpus, Sharing sharing) {
        List<GpuRun> fitting = new ArrayList<>();
        for (boolean isCheckpointed : levels()) {
            microBatches(gpus)
                    .map(rows -> run(gpu, gpus, sharing, rows, isCheckpointed))
                    .filter(run -> run.fit() == Fit.FITS)
                    .findFirst()
                    .ifPresent(fitting::add);
        }
        return fitting.size() < 2
                ? fitting.stream().findFirst()
                : fitting.stream().min(Comparator.comparingDouble(this::seconds));
    }

    /** Whether activations may be computed again: the engine for GPUs knows whole layers only. */
    private List<Boolean> levels() {
        return switch (job.training().recompute()) {
            case AUTO -> List.of(false, true);
            case NONE -> List.of(false);
            case FEED_FORWARD, LAYER -> List.of(true);
        };
    }

    private double seconds(GpuRun run) {
        double tokens =
                new GpuSetup(job, run.gpu()).computedTokens(run.settings().microBatch());
        return tokens
                / speed.estimate(job.architecture(), run.setup(), run.gpu())
                        .tokensPerSecond()
                        .likely();
    }

    /** Numbers of rows that a GPU can take at a time, the largest first. */
    private Stream<Integer> microBatches(int gpus) {
        int ofGpu = job.stepRows() / gpus;
        int most = Math.min(job.training().batchSize(), ofGpu);
        return IntStream.iterate(most, rows -> rows >= 1, rows -> rows - 1)
                .filter(rows -> ofGpu % rows == 0)
                .boxed();
    }

    private GpuRun run(Gpu gpu, int gpus, Sharing sharing, int microBatch, boolean isCheckpointed) {
        GpuSetup setups = new GpuSetup(job, gpu, isByScript);
        int accumulation = Math.max(1, job.stepRows() / gpus / microBatch);
        TrainerSettings settings =
                new TrainerSettings(gpus, sharing, microBatch, accumulation, isCheckpointed, setups.precision());
        TrainingSetup setup = setups.of(settings);
        Range needed = ofMemory.apply(memory.needed(job.architecture(), setup));
        double usable = gpu.usableMemoryGib();
        return new GpuRun(gpu, settings, setup, fit(needed, usable), needed, usable);
    }

    /** A launch costs money, and on a machine of one's own time: what fails more often than not is not offered. */
    static Fit fit(Range needed, double usable) {
        return needed.likely() > usable ? Fit.TOO_LARGE : MemoryModel.fit(needed, usable);
    }
}
