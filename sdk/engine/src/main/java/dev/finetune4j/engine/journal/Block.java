package dev.finetune4j.engine.journal;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.spi.MachineVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is not asked for again after a refusal or a failure.
 *
 * @param scope how far that reaches
 * @param asked what was asked for
 * @param why what came of it
 * @param at when that was written down
 */
public record Block(Scope scope, LaunchTerms asked, Problem why, Instant at) {
    /** So long a machine that was not free is asked for last. Judgement: no place says when one is free. */
    public static final Duration MACHINE_LASTS = Duration.ofMinutes(30);

    /** So long a machine that the quota does not leave is asked for last, where nobody tells that the quota is larger. Judgement, too. */
    public static final Duration QUOTA_LASTS = Duration.ofHours(24);

    /** How far a block reaches. */
    public enum Scope {
        /** Such machines in this region: no job begins with one while there is another, for {@link #MACHINE_LASTS}. */
        MACHINE,
        /**
         * Such machines in this region, which the account's quota does not leave: no job begins with one while there is another, until their
         * place tells that the quota leaves one, or for {@link #QUOTA_LASTS}.
         */
        QUOTA,
        /** Such machines, for this run; others may have them. */
        MACHINE_FOR_RUN,
        /** Everything at the place, since it does not let the caller or the job's role in: the run tries no other machine there. */
        PLACE,
        /** The run as it is: what failed is its own, and nobody begins it on another machine unless it is told to. */
        JOB
    }

    /** Every block that a journal tells of, in order. */
    public static List<Block> of(JournalContent content) {
        BlockReader reader = new BlockReader();
        List<Block> blocks = new ArrayList<>();
        content.lines().forEach(line -> reader.read(line).ifPresent(blocks::add));
        return blocks;
    }

    /**
     * What a problem blocks after which no other machine is tried.
     *
     * @return empty where the same may be asked again: later, or since somebody removed the job; and where the machine alone was not to be had,
     *     which only a place knows
     */
    public static Optional<Block> of(Problem why, LaunchTerms asked, Instant at) {
        if (why.retry() instanceof Retry.After || why.kind().equals(PlaceProblems.GONE)) {
            return Optional.empty();
        }
        return switch (why.kind().exitCode()) {
            case CREDENTIALS -> Optional.of(new Block(Scope.PLACE, asked, why, at));
            case INVALID, TRAINING_FAILED -> Optional.of(new Block(Scope.JOB, asked, why, at));
            default -> Optional.empty();
        };
    }

    static Block ofMachine(JournalEntry.Moved moved, LaunchTerms asked, Instant at) {
        return new Block(scope(moved.verdict()), asked, moved.why(), at);
    }

    private static Scope scope(MachineVerdict verdict) {
        return switch (verdict) {
            case NOT_FREE -> Scope.MACHINE;
            case NOT_ALLOWED -> Scope.QUOTA;
            case NOT_SUITED, UNRELATED -> Scope.MACHINE_FOR_RUN;
        };
    }

    /** Whether it keeps other jobs from a machine at a time, if its place does not say otherwise. */
    public boolean isMissed(Instant now) {
        return switch (scope) {
            case MACHINE -> !at.plus(MACHINE_LASTS).isBefore(now);
            case QUOTA -> !at.plus(QUOTA_LASTS).isBefore(now);
            case MACHINE_FOR_RUN, PLACE, JOB -> false;
        };
    }
}
