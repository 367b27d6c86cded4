package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds by trying, with the same estimator, the least change of a job with which it fits a machine that is too small for it. */
final class LeastChange {
    private static final int SHORTEST_ROW = 64;
    private static final int LOWEST_RANK = 8;
    /** Micro-batches that a step of a job may have. */
    private static final int MOST_ACCUMULATION = 4096;

    private final JobFigures figures;
    private final long memoryHere;
    private final Set<ProviderId> ownModels;
    private final EngineRefusals refusals;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final PastErrors errors;
    private final GpuTable gpus = GpuTable.shipped();

    LeastChange(
            JobFigures figures,
            long memoryHere,
            Set<ProviderId> ownModels,
            EngineRefusals refusals,
            Worlds worlds,
            Assumptions assumptions,
            PastErrors errors) {
        this.figures = figures;
        this.memoryHere = memoryHere;
        this.ownModels = ownModels;
        this.refusals = refusals;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.errors = errors;
    }

    /** For a machine of one's own; empty where nothing that is tried does. */
    Optional<String> of(OwnMachine machine) {
        Map<String, FineTuneJob> changes = smallerBatches();
        changes.putAll(changes(machine.target()));
        return first(
                changes,
                job -> new OwnMachinePlanner(job, worlds, assumptions, List.of(), null, errors, memoryHere)
                        .fits(machine));
    }

    /** For a machine that is let; empty where nothing that is tried does. */
    Optional<String> of(MachineOffer machine) {
        return first(changes(machine.target()), job -> fits(job, machine));
    }

    /** The first of the changes, the mildest first, with which a job fits. */
    private Optional<String> first(Map<String, FineTuneJob> changes, Predicate<PlannedJob> fits) {
        return changes.entrySet().stream()
                .filter(change -> fits.test(new PlannedJob(figures).with(change.getValue())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What was tried and does not do; empty where there was nothing to try. */
    String triedInVain(ProviderId place) {
        Set<String> tried = changes(place).keySet();
        List<String> kinds = new ArrayList<>();
        if (tried.stream().anyMatch(change -> change.startsWith("training.max-tokens"))) {
            kinds.add("shorter row");
        }
        if (tried.stream().anyMatch(change -> change.startsWith("method.rank"))) {
            kinds.add("lower rank");
        }
        if (tried.contains("method: lora")) {
            kinds.add("LoRA");
        }
        if (tried.stream().anyMatch(change -> change.startsWith("method: qlora"))) {
            kinds.add("QLoRA");
        }
        return kinds.isEmpty() ? "" : "; no " + String.join(" or ", kinds) + " fits either";
    }

    /** The same steps of smaller micro-batches, the largest first. What runs on GPUs is given as much of a micro-batch at a time as fits. */
    private Map<String, FineTuneJob> smallerBatches() {
        FineTuneJob job = figures.file().job();
        TrainingSpec training = job.training();
        int stepRows = training.batchSize() * training.gradientAccumulation();
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        for (int rows = training.batchSize() / 2; rows >= 1; rows /= 2) {
            int accumulation = stepRows / rows;
            if (stepRows % rows == 0 && accumulation <= MOST_ACCUMULATION) {
                TrainingSpec smaller = training.toBuilder()
                        .batchSize(rows)
                        .gradientAccumulation(accumulation)
                        .build();
                changes.put(
                        "training.batch-size: " + rows + " and training.gradient-accumulation: " + accumulation,
                        job.toBuilder().training(smaller).build());
            }
        }
        return changes;
    }

    /** The changes that the engine of a place would not refuse. */
    private Map<String, FineTuneJob> changes(ProviderId place) {
        Map<String, FineTuneJob> changes = changes();
        changes.values().removeIf(changed -> isRefused(place, changed.method()));
        return changes;
    }

    private boolean isRefused(ProviderId place, TuningMethod method) {
        boolean isGguf = figures.file().job().model().isGguf();
        return !refusals.at(place, method, figures.model().speaks(), isGguf).isEmpty();
    }

    private Map<String, FineTuneJob> changes() {
        FineTuneJob job = figures.file().job();
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        LoraTuning lora = job.method().adapters().orElse(LoraTuning.defaults());
        if (job.training().recompute() == Recompute.NONE) {
            TrainingSpec again =
                    job.training().toBuilder().recompute(Recompute.AUTO).build();
            changes.put(
                    "training.recompute: auto", job.toBuilder().training(again).build());
        }
        if (job.method() instanceof LoraTuning && figures.model().speaks()) {
            changes.put(
                    "method: qlora",
                    job.toBuilder().method(new QloraTuning(lora)).build());
        }
        if (job.method() instanceof FullTuning && figures.model().speaks()) {
            changes.put("method: lora", job.toBuilder().method(lora).build());
            changes.put(
                    "method: qlora",
                    job.toBuilder().method(new QloraTuning(lora)).build());
        }
        changes.putAll(lowerRanks(job));
        int longest = (int) figures.rows().lengths().longest();
        for (int tokens = longest / 2; tokens >= SHORTEST_ROW; tokens /= 2) {
            FineTuneJob shorter = job.toBuilder()
                    .training(job.training().toBuilder().maxTokens(tokens).build())
                    .build();
            changes.put("training.max-tokens: " + tokens, shorter);
            if (!(job.method() instanceof QloraTuning) && figures.model().speaks()) {
                changes.put(
                        "method: qlora and training.max-tokens: " + tokens,
                        shorter.toBuilder().method(new QloraTuning(lora)).build());
            }
        }
        return changes;
    }

    /** Adapters of half the rank and less, on the weights as they are and packed. */
    private Map<String, FineTuneJob> lowerRanks(FineTuneJob job) {
        Map<String, FineTuneJob> changes = new LinkedHashMap<>();
        LoraTuning lora = job.method().adapters().orElse(null);
        if (lora == null) {
            return changes;
        }
        boolean isPacked = job.method() instanceof QloraTuning;
        for (int rank = lora.rank() / 2; rank >= LOWEST_RANK; rank /= 2) {
            LoraTuning lower = lora.toBuilder().rank(rank).build();
            TuningMethod packed = new QloraTuning(lower);
            changes.put(
                    "method.rank: " + rank,
                    job.toBuilder().method(isPacked ? packed : lower).build());
            if (!isPacked && figures.model().speaks()) {
                changes.put(
                        "method.kind: qlora and method.rank: " + rank,
                        job.toBuilder().method(packed).build());
            }
        }
        return changes;
    }

    private boolean fits(PlannedJob job, MachineOffer machine) {
        Gpus own = machine.gpus();
        Optional<Gpu> gpu = own == null ? Optional.empty() : gpus.find(own.name());
        return own != null
                && gpu.isPresent()
                && new MachinePlanner(job, ownModels, refusals, worlds, assumptions, errors)
                                .run(machine.target(), gpu.get(), own.count())
                                .fit()
                        == Fit.FITS;
    }
}
