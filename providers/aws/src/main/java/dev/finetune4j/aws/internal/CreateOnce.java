package dev.finetune4j.aws.internal;

import dev.finetune4j.error.FineTuneException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes a thing of which there is one for a name at most. Looks first, creates second, and looks again whenever it does not know what became
 * of a create. The name never changes, so that the service itself takes care of two at once.
 *
 * @param <T> what the service tells of the thing
 */
public abstract class CreateOnce<T> {
    /** Rounds of looking and creating; each ends with an answer unless the service hides what it did. */
    private static final int ROUNDS = 3;

    /** For one thing. */
    protected CreateOnce() {}

    /** The thing; empty only where the service answered that there is none. */
    protected abstract Optional<T> find();

    /** Asks the service for it. */
    protected abstract void create();

    /** Whether an error says that the name is taken. */
    protected abstract boolean isTaken(SdkException failure);

    /** What an error means for a person. */
    protected abstract FineTuneException told(SdkException failure);

    /** That the service took it and does not show it. */
    protected abstract FineTuneException hidden();

    /**
     * The thing that was found, if it is the one that is meant.
     *
     * @throws FineTuneException if it is another one
     */
    protected abstract T own(T found);

    /**
     * The thing as it is now, made unless it was there, in whatever state.
     *
     * @throws FineTuneException with why the service does not make it, or that the name belongs to another thing
     */
    public final T make() {
        Attempt attempt = new Attempt();
        for (int round = 0; round < ROUNDS; round++) {
            Optional<T> there = attempt.look();
            if (there.isPresent()) {
                return own(there.get());
            }
            attempt.tryToCreate();
        }
        Optional<T> there = attempt.look();
        if (there.isEmpty()) {
            throw attempt.last;
        }
        return own(there.get());
    }

    /** What is known of one attempt. Once a create got no answer, no refusal of a later call says that nothing was made. */
    private final class Attempt {
        private FineTuneException last = hidden();
        private boolean isUnanswered;

        Optional<T> look() {
            try {
                return find();
            } catch (FineTuneException e) {
                throw unanswered(e);
            }
        }

        void tryToCreate() {
            try {
                create();
            } catch (SdkException e) {
                boolean isOutage = AwsFailure.of(e) == AwsFailure.OUTAGE;
                // Where the name is taken somebody was faster; the next look shows who.
                if (!isTaken(e) && !isOutage) {
                    throw unanswered(told(e));
                }
                if (isOutage || !isUnanswered) {
                    last = told(e);
                }
                isUnanswered |= isOutage;
            }
        }

        private FineTuneException unanswered(FineTuneException refusal) {
            if (!isUnanswered) {
                return refusal;
            }
            last.addSuppressed(refusal);
            return last;
        }
    }
}
