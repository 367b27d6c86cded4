package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.error.Severity;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call to a place that has the same effect however often it is made, made again until there is an answer: some times where the place does not
 * answer, and for minutes where it asks to come later, or a right is on its way.
 */
final class PatientCall {
    /** Tries of a call that the place does not answer. */
    static final int TRIES = 6;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** Of pauses that nobody asked for: they are guesses, and somebody waits. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** Of all pauses that the place asks for. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** From here on a pause is told of. */
    private static final Duration LONG = Duration.ofSeconds(5);

    /** What a place asks for while a right is on its way, at least. */
    private static final Duration PAUSE_FOR_RIGHTS = Duration.ofSeconds(30);

    /** Tries besides while a right that was granted a moment ago is on its way, which takes minutes: five of them. */
    private static final int TRIES_FOR_RIGHTS = 30;

    private final Sleeper sleeper;
    private final Consumer<Problem> waiting;
    private boolean isUnanswered;
    private boolean isTold;

    /** @param waiting hears once why it takes longer than usual */
    PatientCall(Sleeper sleeper, Consumer<Problem> waiting) {
        this.sleeper = sleeper;
        this.waiting = waiting;
    }

    /**
     * Makes the call.
     *
     * @throws FineTuneException how it last failed
     */
    <T> T make(Supplier<T> call) throws InterruptedException {
        Duration usual = FIRST_PAUSE;
        Duration waited = Duration.ZERO;
        int triesLeft = TRIES;
        boolean isForRights = false;
        while (true) {
            try {
                return call.get();
            } catch (FineTuneException e) {
                isUnanswered |= mayPass(e);
                Duration asked = asked(e);
                Duration pause = pause(e, usual);
                if (!isForRights && isRightOnItsWay(e)) {
                    isForRights = true;
                    triesLeft += TRIES_FOR_RIGHTS;
                    tell(e);
                }
                if (asked.isZero()) {
                    triesLeft--;
                } else {
                    waited = waited.plus(pause);
                }
                if (triesLeft == 0 || !mayPass(e) || waited.compareTo(LONGEST_WAIT) > 0) {
                    throw e;
                }
                if (asked.compareTo(LONG) > 0) {
                    tell(e);
                }
                sleeper.sleep(pause);
                usual = usual.compareTo(LONGEST_PAUSE) < 0 ? usual.multipliedBy(2) : usual;
            }
        }
    }

    private void tell(FineTuneException failure) {
        if (!isTold) {
            isTold = true;
            waiting.accept(failure.problems().get(0).with(Severity.WARNING));
        }
    }

    /** Whether a try so far may have had its effect although it failed. */
    boolean isUnanswered() {
        return isUnanswered;
    }

    /** Whether every problem of a failure may be gone at the next try. */
    static boolean mayPass(FineTuneException failure) {
        return failure.problems().stream().map(Problem::retry).allMatch(Retry.After.class::isInstance);
    }

    /** Whether the caller may not do it yet, and the place asks to come again after a while. */
    private static boolean isRightOnItsWay(FineTuneException failure) {
        return mayPass(failure)
                && failure.problems().stream()
                        .anyMatch(problem -> problem.kind().exitCode() == ExitCode.CREDENTIALS
                                && problem.retry() instanceof Retry.After after
                                && after.pause().compareTo(PAUSE_FOR_RIGHTS) >= 0);
    }

    /** The pause before the next try: as long as the place itself asked for; where it did not, nobody waits for long. */
    static Duration pause(FineTuneException failure, Duration usual) {
        Duration guessed = longest(failure, Retry.After::pause);
        Duration wanted = guessed.compareTo(usual) > 0 ? guessed : usual;
        Duration asked = asked(failure);
        Duration bounded = wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
        return asked.compareTo(bounded) > 0 ? asked : bounded;
    }

    /** How long the place itself asked to stay away; none where it did not. */
    private static Duration asked(FineTuneException failure) {
        return longest(failure, Retry.After::asked);
    }

    private static Duration longest(FineTuneException failure, Function<Retry.After, @Nullable Duration> of) {
        return failure.problems().stream()
                .map(Problem::retry)
                .filter(Retry.After.class::isInstance)
                .map(Retry.After.class::cast)
                .flatMap(after -> Stream.ofNullable(of.apply(after)))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
