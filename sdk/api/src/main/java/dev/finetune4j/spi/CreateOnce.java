package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a thing of which there is one for a name at most, at a service that may lose calls and answers. Looks first, creates second, and looks
 * again whenever a create did not answer with the thing: a try that nobody saw, of a proxy or a client's own, may have made it before the one
 * that was refused. The name never changes, so that the service itself takes care of two at once.
 *
 * @param <T> what the service tells of the thing
 * @param <E> what the vendor's client throws where a call fails
 */
public abstract class CreateOnce<T, E extends RuntimeException> {
    /** Rounds of looking and creating, at most; each sends one create, which the vendor's client must not repeat by itself. */
    public static final int ROUNDS = 4;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** What the failure of a create says. */
    public enum Refusal {
        /** There was no answer, or an error of the service's own: it may have made the thing. */
        UNANSWERED,
        /** The service asks to come less often. */
        BUSY,
        /** The name is taken: somebody was faster. */
        TAKEN,
        /** The service has a reason against it. */
        FINAL
    }

    private final Class<E> failures;

    /**
     * For one thing.
     *
     * @param failures what the vendor's client throws; anything else is passed on as it is
     */
    protected CreateOnce(Class<E> failures) {
        this.failures = failures;
    }

    /**
     * The thing; empty only where the service answered that there is none.
     *
     * @throws FineTuneException if the service does not say
     */
    protected abstract Optional<T> find();

    /** Asks the service for it, by one try. The thing, where the answer tells of it. */
    protected abstract Optional<T> create();

    /** What the failure of a create says. */
    protected abstract Refusal refusal(E failure);

    /** What the failure of a create means for a person. */
    protected abstract FineTuneException told(E failure);

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
        Optional<T> there = attempt.look();
        for (int round = 1; there.isEmpty() && attempt.mayGoOn && round <= ROUNDS; round++) {
            if (attempt.isToPause) {
                pause(pauseBefore(round));
            }
            there = attempt.tryToCreate().or(attempt::look);
        }
        return own(there.orElseThrow(attempt::failure));
    }

    /** Longer from round to round, and by chance, so that those whom a service told to come less often do not come at once. */
    private static Duration pauseBefore(int round) {
        long longest = FIRST_PAUSE.toMillis() << (round - 1);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest));
    }

    /** Waits before the next round. */
    protected void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what is under way is ended by the caller, who knows what it is
        }
    }

    /** What is known of one attempt. Once a create may have made it, no refusal of a later call says that nothing was made. */
    private final class Attempt {
        private @Nullable FineTuneException last;
        private boolean mayBeMade;
        private boolean isToPause;
        private boolean mayGoOn = true;

        Optional<T> look() {
            try {
                return find();
            } catch (FineTuneException e) {
                throw refused(e);
            }
        }

        Optional<T> tryToCreate() {
            try {
                isToPause = false;
                Optional<T> created = create();
                if (created.isEmpty()) { // taken: only a look tells of it, and no refusal from now on unmakes it
                    last = hidden();
                    mayBeMade = true;
                }
                return created;
            } catch (RuntimeException e) {
                if (!failures.isInstance(e) || e instanceof FineTuneException) {
                    throw e;
                }
                take(failures.cast(e));
                return Optional.empty();
            }
        }

        private void take(E failure) {
            Refusal refusal = refusal(failure);
            isToPause = refusal == Refusal.UNANSWERED || refusal == Refusal.BUSY;
            mayGoOn = refusal != Refusal.FINAL;
            if (refusal == Refusal.UNANSWERED) {
                last = told(failure);
                mayBeMade = true;
            } else {
                last = refused(told(failure));
            }
        }

        /** What is to be told of all calls, once one of them was refused. */
        private FineTuneException refused(FineTuneException refusal) {
            FineTuneException before = last;
            if (before == null) {
                return refusal;
            }
            FineTuneException told = mayBeMade ? before : refusal;
            told.addSuppressed(mayBeMade ? refusal : before);
            return told;
        }

        FineTuneException failure() {
            return Objects.requireNonNull(last, "every round is told of");
        }
    }
}
