package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Rehearsal.AnswerPace;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rehearsal of 8 of 100 steps, at a hundred tokens a second, begun within three seconds. */
final class SampleRehearsal {
    private SampleRehearsal() {}

    /** With a validation loss that took so long, these answers, and threads that waited for so much of the time. */
    static Rehearsal of(double validationSeconds, List<AnswerPace> answers, @Nullable Double waitingShare) {
        return of(null, validationSeconds, answers, waitingShare);
    }

    /** One whose machine only waited for its disk for so much of the three seconds. */
    static Rehearsal begun(@Nullable Double diskSeconds) {
        return of(diskSeconds, 0, List.of(), null);
    }

    private static Rehearsal of(
            @Nullable Double diskSeconds,
            double validationSeconds,
            List<AnswerPace> answers,
            @Nullable Double waitingShare) {
        Rehearsal.Training training = new Rehearsal.Training(
                Instant.EPOCH,
                100,
                10_000,
                new Quantiles(10, 20, 30, 40, 50, 21.5),
                200,
                8,
                1e-4,
                3,
                2,
                700,
                7,
                1,
                validationSeconds,
                0,
                0,
                0);
        return new Rehearsal(Instant.EPOCH, 3, diskSeconds, training, answers, -1, -1, waitingShare);
    }
}
