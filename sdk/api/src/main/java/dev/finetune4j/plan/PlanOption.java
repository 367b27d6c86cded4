package dev.finetune4j.plan;

import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One way to run a job, with what it takes.
 *
 * @param id what tells it from every other; that of the offer where there is one
 * @param target the place
 * @param name the machine or the model, as the place calls it
 * @param region the place's name of the region
 * @param offer what would be bought, or null where nothing is: on one's own machine
 * @param otherModel the model that would be tuned instead, where the place has not the job's own; null where it has
 * @param settings how training is set up on GPUs, or null where the place decides or there are none
 * @param fit whether it has the memory
 * @param neededMemory peak memory of each GPU, or of the process, or null where the place does not let it matter
 * @param usableMemory what there is of it in bytes; 0 where it does not matter
 * @param memory the likely peak by part; empty where it does not matter or is not known by part
 * @param phases what the time goes into, in order
 * @param time from the launch to the result
 * @param costs what the cost comes from, at likely quantities; empty where nothing is billed
 * @param cost what it costs; null where a price is not known
 * @param tokens tokens that may be billed at most; null where none are, or their price is not known
 * @param hosting what the result costs afterwards, or null where nothing is held ready
 * @param standing whether it may be chosen
 * @param missedAt when a run of this computer was last told that its machine is not to be had, if that is not long ago; else null
 * @param missingQuota what the account's quota lacks for its machine, with numbers; null where it lacks nothing, or nobody tells
 * @param notes what a buyer should know besides
 */
public record PlanOption(
        String id,
        ProviderId target,
        String name,
        String region,
        @Nullable Offer offer,
        @Nullable String otherModel,
        @Nullable TrainerSettings settings,
        Fit fit,
        @Nullable ByteRange neededMemory,
        long usableMemory,
        List<MemoryPart> memory,
        List<PlanPhase> phases,
        DurationRange time,
        List<CostLine> costs,
        @Nullable MoneyRange cost,
        @Nullable BilledTokens tokens,
        @Nullable HostingCost hosting,
        Standing standing,
        @Nullable Instant missedAt,
        @Nullable String missingQuota,
        List<String> notes) {
    /** Whether an option may be chosen, best first. */
    public enum Standing {
        /** Nothing speaks against it: nine times in ten it keeps every limit. */
        WITHIN,
        /** It is likely to keep every limit, but less than nine times in ten. */
        LIKELY_WITHIN,
        /** It may lack memory. */
        TIGHT,
        /** It is for comparison: another model or method, or a price that is not known. */
        SHOWN,
        /** It is likely to break a limit, whether or not it is for comparison. */
        OVER_LIMIT
    }

    /** Copies the lists. */
    public PlanOption {
        memory = List.copyOf(memory);
        phases = List.copyOf(phases);
        costs = List.copyOf(costs);
        notes = List.copyOf(notes);
    }

    /** The price that the cost mainly comes from; empty where nothing is billed or it is not known. */
    public Optional<PriceFact> price() {
        return Optional.ofNullable(offer).flatMap(Offer::price);
    }

    /** Whether it may be chosen without a person who decides. */
    public boolean isEligible() {
        return standing.compareTo(Standing.TIGHT) <= 0;
    }

    /** The same option with another standing. */
    public PlanOption standing(Standing other) {
        return with(other, missedAt, missingQuota, notes);
    }

    /** The same option as one whose machine was not to be had at a moment. */
    public PlanOption missedAt(Instant moment) {
        return with(standing, moment, missingQuota, notes);
    }

    /** The same option as one whose machine the account's quota does not leave, with what it lacks. */
    public PlanOption missingQuota(String lack) {
        return with(standing, missedAt, lack, notes);
    }

    /** The same option with one more thing that is to be known of it. */
    public PlanOption note(String note) {
        return with(
                standing,
                missedAt,
                missingQuota,
                Stream.concat(notes.stream(), Stream.of(note)).toList());
    }

    private PlanOption with(
            Standing standing, @Nullable Instant missedAt, @Nullable String missingQuota, List<String> notes) {
        return new PlanOption(
                id,
                target,
                name,
                region,
                offer,
                otherModel,
                settings,
                fit,
                neededMemory,
                usableMemory,
                memory,
                phases,
                time,
                costs,
                cost,
                tokens,
                hosting,
                standing,
                missedAt,
                missingQuota,
                notes);
    }
}
