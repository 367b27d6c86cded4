package dev.finetune4j.engine.launch;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Work that goes on at a provider, seen from here. Letting go of it, by {@link #detach} or by cancelling {@link #outcome}, stops
 * nothing: the work goes on, and {@code FineTuner.attach} gives another handle. Safe for several threads.
 *
 * @param <T> what comes out at the end
 */
public final class RunHandle<T> {
    private final RunId id;
    private final Begin begin;
    private final BooleanSupplier isThere;
    private final EventLog events;
    private final CompletableFuture<T> outcome;

    /** How this handle came to its run. */
    public enum Begin {
        /** The run was launched now. */
        LAUNCHED,
        /** A run that nobody followed goes on where it was left. */
        CONTINUED,
        /** Another process follows the run; this handle looks on. */
        ATTACHED,
        /** The run had ended before. */
        ENDED
    }

    RunHandle(RunId id, Begin begin, BooleanSupplier isThere, EventLog events, CompletableFuture<T> outcome) {
        this.id = id;
        this.begin = begin;
        this.isThere = isThere;
        this.events = events;
        this.outcome = outcome;
    }

    /** The run. */
    public RunId id() {
        return id;
    }

    /** How this handle came to its run. */
    public Begin begin() {
        return begin;
    }

    /**
     * What happens, from the first event on for every subscriber, with back-pressure. Completes once the outcome is known; a
     * failure to follow ends it with that failure.
     */
    public Flow.Publisher<RunEvent> events() {
        return events;
    }

    /**
     * Gives every event to {@code consumer}, from the first on, one after another on a thread of this handle.
     *
     * @return completes after the last event; exceptionally where the work could not be followed, or {@code consumer} failed, which then is
     *     told no more
     */
    public CompletableFuture<Void> consume(Consumer<? super RunEvent> consumer) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        events.subscribe(new EventConsumer(consumer, end));
        return end;
    }

    /**
     * What comes out. Completes exceptionally with a {@link FineTuneException} where the work could not be followed to its end.
     * Cancelling detaches.
     */
    public CompletableFuture<T> outcome() {
        return outcome;
    }

    /**
     * Waits until the place has the work, so that whoever lets go then leaves it there and not on its way; or until the outcome is known.
     *
     * @return what was noticed until then
     * @throws InterruptedException if this thread was told to stop waiting
     */
    public List<Problem> awaitLaunch() throws InterruptedException {
        List<Problem> noticed = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch there = new CountDownLatch(1);
        var unusedEnd = consume(event -> {
            if (event instanceof RunEvent.Noticed notice) {
                noticed.add(notice.problem());
            }
            if (event instanceof RunEvent.StateChanged
                    && isThere.getAsBoolean()) { // a move to the next machine is told before that machine has it
                there.countDown();
            }
        });
        var unused = outcome.whenComplete((result, failure) -> there.countDown());
        there.await();
        synchronized (noticed) {
            return List.copyOf(noticed);
        }
    }

    /**
     * Whether the work goes on though this handle lets go of it: its place has it, or another process follows it. Before that only this process
     * brings it there, and whoever attaches to the run takes that up.
     */
    public boolean goesOn() {
        return begin == Begin.ATTACHED || isThere.getAsBoolean();
    }

    /** Stops following. The work goes on. */
    public void detach() {
        outcome.cancel(true);
    }

    /**
     * Waits for the end.
     *
     * @throws FineTuneException if the work could not be followed to its end
     * @throws CancellationException if this handle was detached
     * @throws InterruptedException if this thread was told to stop waiting; the work goes on, and is still followed
     */
    public T await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof FineTuneException problem) {
                throw problem;
            }
            throw new CompletionException(e.getCause());
        }
    }

    @Override
    public String toString() {
        return "RunHandle[" + id + ", " + begin + "]";
    }
}
