package dev.finetune4j.engine.launch;

import dev.finetune4j.run.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run as a stream: every subscriber gets all of them from the first, at its own speed, and may come at any time. A
 * slow subscriber holds up nobody. Safe for several threads.
 */
final class EventLog implements Flow.Publisher<RunEvent> {
    private final Executor executor;
    private final List<RunEvent> events = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private boolean closed;
    private @Nullable Throwable failure;

    /** Delivers on threads of {@code executor}, which runs or rejects what it is given: what a closed queue drops would be waited for. */
    EventLog(Executor executor) {
        this.executor = executor;
    }

    /** Adds an event and tells everybody. */
    void add(RunEvent event) {
        List<Reader> awake;
        synchronized (this) {
            events.add(event);
            awake = List.copyOf(readers);
        }
        awake.forEach(Reader::wake);
    }

    /** Ends the stream; with a failure where it ends too early. Later calls have no effect. */
    void close(@Nullable Throwable why) {
        List<Reader> awake;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            failure = why;
            awake = List.copyOf(readers);
        }
        awake.forEach(Reader::wake);
    }

    /** What was added so far. */
    synchronized List<RunEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super RunEvent> subscriber) {
        Reader reader = new Reader(subscriber);
        subscriber.onSubscribe(reader);
        synchronized (this) {
            readers.add(reader);
        }
        reader.wake(); // for what was added meanwhile, and for an end that is already known
    }

    private synchronized @Nullable RunEvent at(int index) {
        return index < events.size() ? events.get(index) : null;
    }

    private synchronized boolean isEnd(int index) {
        return closed && index == events.size();
    }

    /** One subscriber: its place in the log, what it asked for, and at most one thread that serves it. */
    private final class Reader implements Flow.Subscription {
        private final Flow.Subscriber<? super RunEvent> subscriber;
        private final AtomicLong wanted = new AtomicLong();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicBoolean done = new AtomicBoolean();
        private int next; // only by the serving thread

        Reader(Flow.Subscriber<? super RunEvent> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                if (done.compareAndSet(false, true)) {
                    subscriber.onError(new IllegalArgumentException("count must be positive, was " + count));
                }
                return;
            }
            wanted.accumulateAndGet(count, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
            wake();
        }

        @Override
        public void cancel() {
            done.set(true);
            synchronized (EventLog.this) {
                readers.remove(this);
            }
        }

        /** Calls may come from anywhere; the first since the last serving starts one. */
        void wake() {
            if (!done.get() && calls.getAndIncrement() == 0) {
                try {
                    executor.execute(this::serve);
                } catch (RejectedExecutionException e) { // everything is closed: whoever ends the log tells how it ends
                    serve();
                }
            }
        }

        private void serve() {
            int seen = calls.get();
            while (seen != 0) {
                deliver();
                seen = calls.addAndGet(-seen);
            }
        }

        private void deliver() {
            while (!done.get()) {
                if (isEnd(next)) {
                    end();
                    return;
                }
                RunEvent event = wanted.get() > 0 ? at(next) : null;
                if (event == null) {
                    return;
                }
                next++;
                wanted.decrementAndGet();
                subscriber.onNext(event);
            }
        }

        private void end() {
            if (done.compareAndSet(false, true)) {
                Throwable why = failure;
                if (why == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(why);
                }
            }
        }
    }
}
