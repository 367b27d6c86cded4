package dev.finetune4j.engine.estimate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws what a setup may mean, always the same for the same setup. */
final class Scenarios {
    private static final double GIB = 1L << 30;
    private static final int DRAWS = 48;
    private static final long SEED = 20_261_126;

    private Scenarios() {}

    /** Peak memory of one GPU in GiB, as a figure of this kind; of any kind where that is not known. */
    static List<Scenario> memory(Architecture model, TrainingSetup setup, @Nullable MemoryFigure figure) {
        RandomGenerator random = new SplittableRandom(SEED);
        Unknowns unknowns = new Unknowns(model, setup);
        List<Scenario> scenarios = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            Assumed run = unknowns.draw(random);
            MemoryFigure counted = figure != null ? figure : anyFigure(random);
            scenarios.add(coefficients -> gib(MemoryFormula.of(model, run, coefficients), counted, run, coefficients));
        }
        return scenarios;
    }

    /** Memory in GiB without which the run fails: when it is short, the allocator gives back what it holds in vain. */
    static List<Scenario> needed(Architecture model, TrainingSetup setup) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Assumed run : draws(model, setup)) {
            scenarios.add(coefficients -> {
                MemoryParts parts = MemoryFormula.of(model, run, coefficients);
                double allocated = gib(parts, MemoryFigure.ALLOCATED, run, coefficients);
                double reserved = gib(parts, MemoryFigure.RESERVED, run, coefficients);
                double device = gib(parts, MemoryFigure.DEVICE, run, coefficients);
                return (allocated + reserved) / 2 + (device - reserved) / 2;
            });
        }
        return scenarios;
    }

    /** The parts, in GiB, of the meaning whose peak is the middle one. */
    static MemoryParts likelyParts(Architecture model, TrainingSetup setup, Coefficients coefficients) {
        List<MemoryParts> all = draws(model, setup).stream()
                .map(run -> MemoryFormula.of(model, run, coefficients))
                .sorted(Comparator.comparingDouble(MemoryParts::allocated))
                .toList();
        return all.get(all.size() / 2).times(1 / GIB);
    }

    private static List<Assumed> draws(Architecture model, TrainingSetup setup) {
        RandomGenerator random = new SplittableRandom(SEED);
        Unknowns unknowns = new Unknowns(model, setup);
        return Stream.generate(() -> unknowns.draw(random)).limit(DRAWS).toList();
    }

    /** Tokens a second on one GPU. */
    static List<Scenario> speed(Architecture model, TrainingSetup setup, Gpu gpu) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Assumed run : draws(model, setup)) {
            scenarios.add(coefficients ->
                    SpeedFormula.of(model, run, gpu, coefficients).tokensPerSecondPerGpu());
        }
        return scenarios;
    }

    /** What people print who do not say what: mostly nvidia-smi. Judgement. */
    private static MemoryFigure anyFigure(RandomGenerator random) {
        double share = random.nextDouble();
        return share < 0.5 ? MemoryFigure.DEVICE : share < 0.75 ? MemoryFigure.RESERVED : MemoryFigure.ALLOCATED;
    }

    static double gib(MemoryParts parts, MemoryFigure figure, Assumed run, Coefficients coefficients) {
        double allocated = parts.allocated() / GIB;
        double varying = run.hasRowsOfOneLength() ? 0 : (parts.activations() + parts.logits()) / GIB;
        double reserved = allocated * (1 + coefficients.get(MemoryCoefficient.FRAGMENTATION))
                + varying * run.unsteadiness() * coefficients.get(MemoryCoefficient.VARYING);
        double context = coefficients.get(MemoryCoefficient.CONTEXT)
                + (run.parallelism().gpus() > 1 ? coefficients.get(MemoryCoefficient.COMMUNICATION) : 0);
        return switch (figure) {
            case ALLOCATED -> allocated;
            case RESERVED -> reserved;
            case DEVICE -> reserved + context;
        };
    }
}
