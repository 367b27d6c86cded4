package dev.finetune4j.engine.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Works on a stream in chunks by several threads and hands the results over in the order of the stream, so that the outcome
 * does not depend on the threads. Only a few chunks are in memory at a time.
 */
final class OrderedChunks implements AutoCloseable {
    private static final int CHUNK_ROWS = 256;

    private final ExecutorService pool;
    private final int chunksInFlight;

    /** Starts so many daemon threads, at least one. */
    OrderedChunks(int threads) {
        AtomicInteger number = new AtomicInteger();
        pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "finetune4j-check-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        chunksInFlight = 2 * threads;
    }

    /**
     * Maps every chunk and gives the results to {@code sink} on the calling thread.
     *
     * @throws CancellationException if the calling thread is interrupted
     */
    <T, R> void run(Stream<T> rows, Function<List<T>, R> work, Consumer<R> sink) {
        Deque<Future<R>> inFlight = new ArrayDeque<>();
        try {
            Iterator<T> remaining = rows.iterator();
            while (remaining.hasNext()) {
                List<T> chunk = next(remaining);
                inFlight.add(pool.submit(() -> work.apply(chunk)));
                if (inFlight.size() == chunksInFlight) {
                    sink.accept(result(inFlight.remove()));
                }
            }
            while (!inFlight.isEmpty()) {
                sink.accept(result(inFlight.remove()));
            }
        } finally {
            inFlight.forEach(future -> future.cancel(true));
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    private static <T> List<T> next(Iterator<T> remaining) {
        List<T> chunk = new ArrayList<>(CHUNK_ROWS);
        while (chunk.size() < CHUNK_ROWS && remaining.hasNext()) {
            chunk.add(remaining.next());
        }
        return chunk;
    }

    private static <R> R result(Future<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("the check was interrupted");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
