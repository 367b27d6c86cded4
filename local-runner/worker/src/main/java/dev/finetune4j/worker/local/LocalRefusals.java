package dev.finetune4j.worker.local;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Proposal.RowLengths;
import dev.finetune4j.training.loop.BatchBound;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.machine.Machine;
import java.util.List;

/** Tells before a launch what the worker would refuse once it knows the rows: it asks the same loader. */
final class LocalRefusals {
    private final DecoderLoader loader;
    private final Machine machine;

    LocalRefusals(DecoderLoader loader, Machine machine) {
        this.loader = loader;
        this.machine = machine;
    }

    /** Errors where the worker will refuse for certain, warnings where it may. */
    List<Problem> of(Proposal proposal) {
        RowLengths rows = proposal.rows();
        BatchBound bound = BatchBound.of(
                proposal.job().training(), rows.trainingRows(), rows.longest(), rows.largestBatch(), rows.limit());
        List<Problem> certain = refusals(proposal, bound.atLeast());
        return certain.isEmpty()
                ? refusals(proposal, bound.atMost()).stream()
                        .map(problem -> problem.with(Severity.WARNING))
                        .toList()
                : certain;
    }

    private List<Problem> refusals(Proposal proposal, int batchTokens) {
        TrainingSpec training = proposal.job().training();
        return loader.refusals(
                proposal.model(),
                new Settings(
                        Purpose.TRAIN,
                        proposal.job().method(),
                        training.precision(),
                        training.recompute(),
                        training.threads() > 0 ? training.threads() : machine.physicalCores(),
                        training.seed(),
                        batchTokens,
                        (int) Math.min(proposal.rows().longest(), Integer.MAX_VALUE),
                        machine.availableBytes()));
    }
}
