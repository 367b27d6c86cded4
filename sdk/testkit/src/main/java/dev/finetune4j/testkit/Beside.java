package dev.finetune4j.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What a test does beside itself, each on a thread of its own. The pool that all of Java shares has one thread on a machine of two cores; since
 * JDK 25 the HTTP client needs it, too, and would wait for ever for one that waits for an answer.
 */
public final class Beside {
    private static final Executor THREADS = task -> new Thread(task, "beside").start();

    private Beside() {}

    /** Begins, and tells what came of it. */
    public static <T> CompletableFuture<T> supply(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, THREADS);
    }

    /** Does it elsewhere, and waits for its end. */
    public static void await(Runnable task) {
        CompletableFuture.runAsync(task, THREADS).join();
    }
}
