package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RunHandleTest {
    private final EventLog log = new EventLog(Runnable::run);
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final RunHandle<String> handle =
            new RunHandle<>(new RunId("tickets-1"), RunHandle.Begin.LAUNCHED, () -> true, log, outcome);

    @Test
    void waitsForTheOutcomeOfALaunchThatFailed() throws Exception {
        Thread waiter = waiter();
        log.close(null);
        assertThat(returned(waiter, Duration.ofMillis(100)))
                .as("the outcome comes a moment after the last event")
                .isFalse();

        outcome.complete("refused");
        assertThat(returned(waiter, Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void takesNoEventForALaunchButAStateAtThePlace() throws Exception {
        Thread waiter = waiter();
        log.add(new RunEvent.CheckpointSaved(VirtualClock.START, 1, 1));
        assertThat(returned(waiter, Duration.ofMillis(100))).isFalse();

        log.add(new RunEvent.StateChanged(VirtualClock.START, RunState.QUEUED, ""));
        assertThat(returned(waiter, Duration.ofSeconds(10))).isTrue();
        assertThat(outcome).isNotDone();
    }

    /** One that waits already. */
    private Thread waiter() {
        Thread thread = new Thread(() -> {
            try {
                handle.awaitLaunch();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private static boolean returned(Thread waiter, Duration patience) throws InterruptedException {
        waiter.join(patience.toMillis());
        return !waiter.isAlive();
    }
}
