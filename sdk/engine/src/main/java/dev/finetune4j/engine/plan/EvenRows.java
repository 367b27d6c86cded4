package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.split.RowSplit;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.plan.BreakEven;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.TokenOffer;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds for how many training rows like a job's own a service costs as much as the machine that is the cheapest for so many. The job is
 * planned anew with more rows and with fewer: those that are held out grow with them up to their caps, and steps and checkpoints by leaps,
 * so that no straight line through the cost of the rows that there are tells the cost of others.
 */
final class EvenRows {
    /** Nobody tunes on more. */
    private static final long MOST_ROWS = 10_000_000;

    /** Machines that are looked at for another number of rows: those that are nearest by a straight line. */
    private static final int NEAREST = 8;

    /** The cheapest machine leads to another number of rows, for which another may be the cheapest. */
    private static final int ROUNDS = 4;

    private static final int STEPS = 40;
    private static final double EXACT = 0.002;

    private final JobFigures figures;
    private final Function<PlannedJob, MachinePlanner> planners;
    private final Hosting hosting;
    private final Map<Long, MachinePlanner> byRows = new HashMap<>();

    /**
     * Of a job.
     *
     * @param planners plans another job like this one at machines, in the same worlds
     * @param hosting what holding the result ready costs
     */
    EvenRows(JobFigures figures, Function<PlannedJob, MachinePlanner> planners, Hosting hosting) {
        this.figures = figures;
        this.planners = planners;
        this.hosting = hosting;
    }

    /**
     * Between a service and the machine that would be taken instead of it.
     *
     * @param service an option that is paid by the token
     * @param machines the options that are paid by the hour, the one first that is the cheapest for the rows that there are; one at least
     */
    BreakEven between(Candidate service, List<Candidate> machines) {
        ServiceLimits limits =
                ((TokenOffer) Objects.requireNonNull(service.option().offer())).limits();
        long least = limits.leastRows();
        long most = limits.mostRows() == null ? MOST_ROWS : limits.mostRows();
        MachineOffer machine = offer(machines.get(0));
        long rows = most;
        for (int round = 0; round < ROUNDS; round++) {
            rows = crossing(service, machine, least, rows);
            MachineOffer cheapest = cheapest(machines, Math.max(least, rows));
            if (costAt(cheapest, Math.max(least, rows)) >= costAt(machine, Math.max(least, rows))) {
                break;
            }
            machine = cheapest;
        }
        boolean isNever = rows == most && excess(service, machine, most) > 0;
        return new BreakEven(service.option().id(), machine.id(), isNever && limits.mostRows() == null ? -1 : rows);
    }

    /** Where both cost the same; {@code most} where the service is the cheaper one there, too, and 0 where it is nowhere. */
    private long crossing(Candidate service, MachineOffer machine, long least, long most) {
        double few = least;
        double many = most;
        double above = excess(service, machine, least);
        if (above <= 0) {
            return 0;
        }
        double below = excess(service, machine, most);
        if (below >= 0) {
            return most;
        }
        long middle = least;
        int side = 0;
        for (int step = 0; step < STEPS && many - few > 1; step++) {
            // By the chord, whose end is pulled nearer where the other one moved twice: the Illinois method.
            double chord = few + (many - few) * above / (above - below);
            middle = Math.round(Math.min(many - 1, Math.max(few + 1, chord)));
            double excess = excess(service, machine, middle);
            if (Math.abs(excess) <= EXACT * service.costOfRow() * middle) {
                return middle;
            }
            if (excess > 0) {
                few = middle;
                above = excess;
                below = side > 0 ? below / 2 : below;
                side = 1;
            } else {
                many = middle;
                below = excess;
                above = side < 0 ? above / 2 : above;
                side = -1;
            }
        }
        return middle;
    }

    /** By how much a machine costs more than the service for so many rows. */
    private double excess(Candidate service, MachineOffer machine, long rows) {
        return costAt(machine, rows) - service.costOfRow() * rows;
    }

    private MachineOffer cheapest(List<Candidate> machines, long rows) {
        List<MachineOffer> nearest = machines.stream()
                .sorted(Comparator.comparingDouble(one -> one.fixedCost() + one.costOfRow() * rows))
                .limit(NEAREST)
                .map(EvenRows::offer)
                .toList();
        return planner(rows).plan(nearest, true, hosting).stream()
                .min(Comparator.comparingDouble(EvenRows::likely))
                .map(EvenRows::offer)
                .orElse(nearest.get(0));
    }

    private double costAt(MachineOffer machine, long rows) {
        return planner(rows).plan(List.of(machine), true, hosting).stream()
                .mapToDouble(EvenRows::likely)
                .min()
                .orElse(Double.MAX_VALUE);
    }

    private MachinePlanner planner(long rows) {
        return byRows.computeIfAbsent(rows, key -> planners.apply(new PlannedJob(with(key))));
    }

    /**
     * The job with so many training rows like its own, and with as many held-out ones as its split makes of all. They do not change where
     * files of their own give them, nor where the job takes only so many of the training rows that there are.
     */
    private JobFigures with(long training) {
        SplitSpec split = figures.file().job().data().split();
        boolean isCapped = split.trainRows() > 0 && figures.rows().rowsOf(Part.TRAIN) == split.trainRows();
        long all = Math.round(training / (1 - split.validation() - split.test()));
        Map<Part, Long> rows = new EnumMap<>(Part.class);
        rows.put(Part.TRAIN, training);
        for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
            long dealt = isCapped ? 0 : RowSplit.heldOut(part, all, split);
            rows.put(part, dealt == 0 ? figures.rows().rowsOf(part) : dealt);
        }
        return new JobFigures(figures.file(), figures.rows().with(rows), figures.model());
    }

    private static MachineOffer offer(Candidate machine) {
        return (MachineOffer) Objects.requireNonNull(machine.option().offer());
    }

    private static double likely(Candidate candidate) {
        return Optional.ofNullable(candidate.option().cost())
                .map(MoneyRange::likely)
                .map(money -> money.amount().doubleValue())
                .orElse(Double.MAX_VALUE);
    }
}
