package dev.finetune4j.worker.local;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Proposal.RowLengths;
import dev.finetune4j.training.loop.BatchBound;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        List<Problem> refusals = certain.isEmpty()
                ? refusals(proposal, bound.atMost()).stream()
                        .map(problem -> problem.with(Severity.WARNING))
                        .toList()
                : certain;
        if (certain.isEmpty()) {
            Optional<Problem> weight = loader.weightRefusal(proposal.model());
            if (weight.isPresent()) {
                return List.of(weight.get());
            }
        }
        return refusals.stream()
                .map(problem -> problem.kind().equals(ModelProblems.TOO_LARGE)
                        ? fitting(problem, proposal, bound.atMost())
                        : problem)
                .toList();
    }

    /** With what fits: fewer rows at a time and as many in a step, or one shorter row. */
    private Problem fitting(Problem tooLarge, Proposal proposal, int refusedTokens) {
        TrainingSpec training = proposal.job().training();
        // Packed, a micro-batch holds as many tokens as so many rows may have; otherwise as they have.
        long perRow = Math.max(
                1,
                training.packing() ? proposal.rows().limit() : proposal.rows().longest());
        long tokens = mostTokens(proposal, refusedTokens);
        long rows = Math.min(tokens / perRow, training.batchSize() - 1L);
        List<String> remedies = new ArrayList<>();
        if (rows >= 1) {
            long inStep = (long) training.batchSize() * training.gradientAccumulation();
            remedies.add(
                    "training: {batch-size: " + rows + ", gradient-accumulation: " + (inStep + rows - 1) / rows + "}");
        } else if (tokens >= 1) {
            remedies.add("training: {batch-size: 1, max-tokens: " + tokens + "}");
        }
        tooLarge.remedies().stream().filter(LocalRefusals::isNotOfLength).forEach(remedies::add);
        remedies.add("finetune models    (a smaller one)");
        return tooLarge.withRemedies(remedies);
    }

    private static boolean isNotOfLength(String remedy) {
        return !remedy.startsWith("training.batch-size") && !remedy.startsWith("training.max-tokens");
    }

    /** The largest micro-batch below a refused one that would not be refused, found by halving; 0 where not even a token fits. */
    private long mostTokens(Proposal proposal, int refusedTokens) {
        int fits = 0;
        int refused = refusedTokens;
        while (refused - fits > 1) {
            int middle = fits + (refused - fits) / 2;
            if (refusals(proposal, middle).isEmpty()) {
                fits = middle;
            } else {
                refused = middle;
            }
        }
        return fits;
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
                        0,
                        (int) Math.min(proposal.rows().longest(), Integer.MAX_VALUE),
                        machine.availableBytes()));
    }
}
