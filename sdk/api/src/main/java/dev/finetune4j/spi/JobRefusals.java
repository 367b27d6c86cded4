package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.util.Locale;

/** How providers say that a job is not as a call needs it: all in the same words, each with problems of its own. */
public final class JobRefusals {
    private JobRefusals() {}

    /**
     * The job would have to be in another state.
     *
     * @param kind the provider's problem
     * @param state the job's
     * @param why what keeps the call from being made in this state
     */
    public static FineTuneException wrongState(ProblemKind kind, RunId id, RunState state, String why) {
        return kind.error(id + " is " + state.name().toLowerCase(Locale.ROOT))
                .because(why)
                .remedy("finetune show " + id)
                .asException();
    }

    /**
     * A reader asks for what comes after a place that the job does not have.
     *
     * @param kind the provider's problem
     */
    public static FineTuneException foreignCursor(ProblemKind kind, RunId id, String cursor) {
        return kind.error("the cursor " + cursor + " is none of " + id)
                .remedy("finetune watch " + id)
                .asException();
    }
}
