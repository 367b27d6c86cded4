package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.testkit.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final ExecutorService pool = Executors.newFixedThreadPool(3);

    @AfterEach
    void stopsThreads() {
        pool.shutdownNow();
    }

    @Test
    void givesEverySubscriberEverythingFromTheFirstInOrder() throws Exception {
        EventLog log = new EventLog(pool);
        Collected early = Collected.from(log);
        Collected slow = Collected.slowlyFrom(log);
        List<RunEvent> events = new ArrayList<>();
        for (int step = 1; step <= 5000; step++) {
            events.add(new RunEvent.CheckpointSaved(VirtualClock.START, step, 1));
            log.add(events.get(step - 1));
        }
        Collected late = Collected.from(log);
        log.close(null);
        Collected after = Collected.from(log);

        for (Collected subscriber : List.of(early, slow, late, after)) {
            assertThat(subscriber.await()).isEqualTo(events);
        }
    }

    @Test
    void tellsTheEndThoughNoThreadIsLeft() throws Exception {
        ExecutorService closed = Executors.newCachedThreadPool();
        EventLog log = new EventLog(closed);
        Collected subscriber = Collected.from(log);
        closed.shutdownNow();

        RunEvent event = new RunEvent.CheckpointSaved(VirtualClock.START, 1, 1);
        log.add(event);
        log.close(null);

        assertThat(subscriber.await()).containsExactly(event);
    }

    @Test
    void consumesToTheEndOrToItsOwnFailure() {
        EventLog log = new EventLog(Runnable::run);
        List<RunEvent> got = new ArrayList<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        log.subscribe(new EventConsumer(got::add, all));
        log.subscribe(new EventConsumer(
                event -> {
                    throw new IllegalStateException("full");
                },
                failed));

        log.add(new RunEvent.CheckpointSaved(VirtualClock.START, 1, 1));
        log.add(new RunEvent.CheckpointSaved(VirtualClock.START, 2, 1));
        assertThat(all).isNotDone();
        log.close(null);

        assertThat(got).hasSize(2);
        assertThat(all).isCompleted();
        assertThat(failed).isCompletedExceptionally();
    }

    @Test
    void givesNoMoreThanIsAskedFor() {
        EventLog log = new EventLog(Runnable::run);
        List<RunEvent> got = new ArrayList<>();
        Flow.Subscription[] given = new Flow.Subscription[1];
        log.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                given[0] = subscription;
            }

            @Override
            public void onNext(RunEvent event) {
                got.add(event);
            }

            @Override
            public void onError(Throwable failure) {
                throw new AssertionError(failure);
            }

            @Override
            public void onComplete() {
                throw new AssertionError("not everything was asked for");
            }
        });
        for (int step = 1; step <= 5; step++) {
            log.add(new RunEvent.CheckpointSaved(VirtualClock.START, step, 1));
        }
        assertThat(got).isEmpty();

        given[0].request(2);
        assertThat(got).hasSize(2);

        given[0].cancel();
        given[0].request(2);
        log.close(null);
        assertThat(got).hasSize(2);
    }

    @Test
    void endsWithTheFailureThatEndedTheFollowing() {
        EventLog log = new EventLog(Runnable::run);
        Collected subscriber = Collected.from(log);

        log.close(new IllegalStateException("no more"));
        log.close(null);

        assertThatThrownBy(subscriber::await).hasRootCauseMessage("no more");
    }

    @Test
    void refusesARequestForNothing() {
        EventLog log = new EventLog(Runnable::run);
        List<Throwable> failures = new ArrayList<>();
        log.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(0);
            }

            @Override
            public void onNext(RunEvent event) {}

            @Override
            public void onError(Throwable failure) {
                failures.add(failure);
            }

            @Override
            public void onComplete() {}
        });

        assertThat(failures).singleElement().isInstanceOf(IllegalArgumentException.class);
    }
}
