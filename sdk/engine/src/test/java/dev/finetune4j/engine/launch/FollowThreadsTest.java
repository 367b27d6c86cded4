package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.launch.FollowThreads.Work;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowThreadsTest {
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path folder;

    private final FollowThreads threads = new FollowThreads();

    @Test
    void whatIsReadingAFileWhenItIsClosedIsLetGoAndDoesNotFail() throws Exception {
        Path file = Files.writeString(folder.resolve("events.jsonl"), "{}");
        CountDownLatch begun = new CountDownLatch(1);
        RunHandle<String> handle = start(events -> {
            begun.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return read(file);
        });
        CompletableFuture<Void> told = handle.consume(event -> {});
        begun.await();

        threads.close();

        assertThatThrownBy(handle::await).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> told.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(CancellationException.class);
    }

    /** As of what was read in a thread that somebody has cleared of the interrupt since. */
    @Test
    void aFileThatAnInterruptClosedIsFoundBelowOtherFailures() {
        RunHandle<String> handle = start(events -> {
            throw new IllegalStateException("wrapped", new UncheckedIOException(new ClosedByInterruptException()));
        });

        assertThatThrownBy(handle::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void whatFailsByItselfFails() {
        RunHandle<String> handle = start(events -> {
            throw new UncheckedIOException(new IOException("the disk is gone"));
        });

        assertThatThrownBy(handle::await)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("the disk is gone");
    }

    private RunHandle<String> start(Work<String> work) {
        return threads.start(new RunId("tickets-1"), RunHandle.Begin.LAUNCHED, work);
    }

    private static String read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return Integer.toString(channel.read(ByteBuffer.allocate(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
