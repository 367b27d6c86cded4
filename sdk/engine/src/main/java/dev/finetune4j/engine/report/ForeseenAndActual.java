package dev.finetune4j.engine.report;

import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.run.WaitingShare;
import dev.finetune4j.value.Money;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run was foreseen to take, beside what it took.
 *
 * @param foreseen before its launch
 * @param took from the submission to the result at its place
 * @param peakBytes most resident memory, or most memory of one GPU where that is what was foreseen; -1 where the place does not tell
 * @param spent null where the place does not tell
 * @param steps the time of the steps alone; null where the place does not tell
 * @param waitingShare share of the time in which the threads of the run waited for processors, as {@link WaitingShare} has it
 */
public record ForeseenAndActual(
        Foreseen foreseen,
        Duration took,
        long peakBytes,
        @Nullable Money spent,
        @Nullable Duration steps,
        @Nullable Double waitingShare) {}
