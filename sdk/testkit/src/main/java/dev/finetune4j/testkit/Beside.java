package dev.finetune4j.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What a test does beside itself, each on a thread of its own. The pool that all of Java shares has one thread on a machine of two cores; since
 * JDK 25 the HTTP client needs it, too, and would wait for ever for one that waits for an answer.
 */
public final class Beside {
    private Beside() {}

    /** Begins, and tells what came of it. */
    public static <T> CompletableFuture<T> supply(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, work -> new Thread(work, "beside").start());
    }

    /** Does it elsewhere, and waits for its end. */
    public static void await(Runnable task) {
        supply(() -> {
                    task.run();
                    return true;
                })
                .join();
    }
}
