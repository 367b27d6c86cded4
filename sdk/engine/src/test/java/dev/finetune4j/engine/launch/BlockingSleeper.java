package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Holds a follower in its first pause until it is released or interrupted, so that a test decides who is where. */
final class BlockingSleeper implements Sleeper {
    private final VirtualClock clock;
    private final CountDownLatch sleeping = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    BlockingSleeper(VirtualClock clock) {
        this.clock = clock;
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
        sleeping.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        clock.advance(pause);
    }

    void awaitSleep() throws InterruptedException {
        sleeping.await();
    }

    void awaitInterrupt() throws InterruptedException {
        interrupted.await();
    }

    void release() {
        released.countDown();
    }
}
