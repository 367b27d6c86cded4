package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** The engine, opened and told the offers of the market in another thread, while a job is read in this one: either takes a few tenths of a second. */
final class Opening implements AutoCloseable {
    private final FutureTask<FineTuner> opened;

    Opening(Supplier<FineTuner> engine) {
        opened = new FutureTask<>(() -> {
            FineTuner tuner = engine.get();
            try {
                var unused = tuner.offers();
                return tuner;
            } catch (RuntimeException e) {
                tuner.close();
                throw e;
            }
        });
        Thread thread = new Thread(opened, "opening");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the engine.
     *
     * @throws RuntimeException what opening it threw
     */
    FineTuner await() throws InterruptedException {
        try {
            return opened.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause(); // the task declares no other
        }
    }

    /** Closes the engine once it is open: whoever goes on may remove what it reads. */
    @Override
    public void close() {
        try {
            opened.get().close();
        } catch (ExecutionException e) {
            // What did not open has nothing to close, and whoever awaited it was told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
