package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.internal.TorchRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Threads that compute side by side, each on a share of a batch with its part of the compute threads. Where a batch has a sequence for
 * each of them, that is faster than one computation whose every product is spread over all compute threads: they meet once a batch
 * instead of at each of some thousand products.
 */
final class Team implements AutoCloseable {
    private static final int MOST_MEMBERS = 4;

    private final List<ExecutorService> members;

    /**
     * Starts the members.
     *
     * @param threads compute threads of the process
     */
    Team(int threads) {
        int size = members(threads);
        members = IntStream.range(0, size)
                .mapToObj(number -> Executors.newSingleThreadExecutor(work -> {
                    Thread thread = new Thread(work, "finetune4j-compute-" + number);
                    thread.setDaemon(true);
                    return thread;
                }))
                .toList();
        all(Collections.nCopies(size, () -> {
            TorchRuntime.useThreads(threads / size);
            return 0.0;
        }));
        TorchRuntime.useThreads(threads); // what a member sets, threads that have not computed yet inherit
    }

    /** Members of a team with so many compute threads. Each costs a gradient, and room for a matrix where weights are packed. */
    static int members(int threads) {
        return Math.min(threads, MOST_MEMBERS);
    }

    /**
     * A batch as it is computed in the least time: dealt out to all members, or whole where it has too few sequences for that, too unequal
     * ones, or more to compute in each share once again than all threads together would need for all of it.
     *
     * @param form what is computed of a batch or a share
     */
    List<PrefixedBatch> shares(TokenBatch batch, Function<TokenBatch, PrefixedBatch> form) {
        PrefixedBatch whole = form.apply(batch);
        int size = members.size();
        if (batch.sequenceLengths().length < size) {
            return List.of(whole);
        }
        List<PrefixedBatch> shares = batch.dealt(size).stream().map(form).toList();
        long longest = shares.stream().mapToInt(PrefixedBatch::tokens).max().orElseThrow();
        return longest * size <= BatchPrefix.MOST_UNEQUAL * whole.tokens() ? shares : List.of(whole);
    }

    /** Runs each work on a thread of its own, at most one a member, and adds up what they find, in their order, once all have ended. */
    double all(List<Callable<Double>> works) {
        List<Future<Double>> begun = new ArrayList<>();
        for (int i = 0; i < works.size(); i++) {
            begun.add(members.get(i).submit(works.get(i)));
        }
        double sum = 0;
        RuntimeException failure = null;
        for (Future<Double> each : begun) {
            try {
                sum += each.get();
            } catch (ExecutionException e) {
                failure = failure == null ? unwrapped(e) : failure;
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a computation", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return sum;
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }

    @Override
    public void close() {
        members.forEach(ExecutorService::shutdown);
    }
}
