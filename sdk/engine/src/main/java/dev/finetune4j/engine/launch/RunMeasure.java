package dev.finetune4j.engine.launch;

import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.WaitingShare;
import dev.finetune4j.value.ProviderId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run that is over tells of further ones.
 *
 * @param journalBytes length of its journal
 * @param journalChangedAt when that last grew: one of the same length may be of another attempt, after this one was cleaned away
 * @param method {@link TuningMethod#kind}
 * @param success what it tells, or null where it did not succeed, or its place tells nothing of its steps
 */
record RunMeasure(
        long journalBytes,
        Instant journalChangedAt,
        String method,
        @Nullable Success success) {
    /**
     * A run that succeeded.
     *
     * @param modelDigest digest of its model's files
     * @param provider where it ran
     * @param speed how fast it was
     * @param waitingShare share of its time in which its threads waited for processors, as {@link WaitingShare} has it
     * @param steps how its steps were, or null where its place tells too little of the model
     * @param work what it had to do, or null where the figures of its rows are not kept
     */
    record Success(
            String modelDigest,
            ProviderId provider,
            RunSpeed speed,
            @Nullable Double waitingShare,
            @Nullable Steps steps,
            PastRun.@Nullable Work work) {
        /**
         * How fast a job would have been that computes another share of its tokens; its own speed where one of both shares is not known.
         *
         * @param computedShare tokens that the job computes for each token of its rows, or null where nobody tells
         */
        RunSpeed speedFor(@Nullable Double computedShare) {
            return steps == null || computedShare == null
                    ? speed
                    : speed.computing(computedShare / steps.computedShare());
        }

        /** The same as plans take it; empty where they could not. */
        Optional<PastRun> past(boolean isAlike) {
            return Optional.ofNullable(steps)
                    .map(steps -> new PastRun(
                            isAlike,
                            steps.precision(),
                            speed,
                            steps.parameters(),
                            steps.flopsPerSecond(),
                            steps.computedShare(),
                            steps.peakBytes(),
                            waitingShare,
                            work));
        }
    }

    /** The figures of {@link PastRun} that its steps alone tell. */
    record Steps(String precision, long parameters, double flopsPerSecond, double computedShare, long peakBytes) {}

    /** Whether it was read off such a journal. */
    boolean isOf(long bytes, Instant changedAt) {
        return journalBytes == bytes && journalChangedAt.equals(changedAt);
    }

    /** Whether it succeeded with a model and method. */
    boolean isOf(String modelDigest, TuningMethod asked) {
        return success != null && success.modelDigest().equals(modelDigest) && method.equals(asked.kind());
    }
}
