package dev.finetune4j.engine.launch;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.WaitingShare;
import org.jspecify.annotations.Nullable;

/**
 * A run that succeeded here, as a measure for further ones.
 *
 * @param isAlike whether it had the same model and method as the job that is asked about
 * @param precision number format that it trained in
 * @param speed how fast it was
 * @param parameters weights of its base model
 * @param flopsPerSecond operations a second that its steps reached: of a token four for each weight, two more for each that is trained, and
 *     six for each of an adapter; two for each weight below a head that alone is trained; none for attention
 * @param computedShare tokens that it computed for each token of its rows
 * @param peakBytes largest resident memory that was seen after a step
 * @param waitingShare share of its time in which its threads waited for processors, as {@link WaitingShare} has it
 * @param work what it had to do, or null where nobody knows any more
 */
public record PastRun(
        boolean isAlike,
        String precision,
        RunSpeed speed,
        long parameters,
        double flopsPerSecond,
        double computedShare,
        long peakBytes,
        @Nullable Double waitingShare,
        @Nullable Work work) {
    /** The same run, of which that is known. */
    PastRun with(@Nullable Work known) {
        return new PastRun(
                isAlike, precision, speed, parameters, flopsPerSecond, computedShare, peakBytes, waitingShare, known);
    }

    /**
     * What a run had to do.
     *
     * @param job as its journal has it
     * @param rows its rows
     */
    public record Work(FineTuneJob job, RowFigures rows) {}
}
