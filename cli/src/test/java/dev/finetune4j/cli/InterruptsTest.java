package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final int INTERRUPT = 2;

    /**
     * The signal that a terminal sends for Ctrl-C, raised at this process itself. A process that was started to ignore it, as a shell
     * starts one in the background, goes on ignoring it.
     */
    @Test
    void ctrlCIsTheActionWhileTheWorkIsDone() throws IOException {
        if (isIgnored()) {
            AtomicInteger actions = new AtomicInteger();
            Interrupts.during(InterruptsTest::raise, actions::incrementAndGet);
            assertThat(actions).hasValue(0);
            return;
        }
        CountDownLatch outer = new CountDownLatch(1);
        CountDownLatch inner = new CountDownLatch(1);

        Interrupts.during(
                () -> {
                    Interrupts.during(
                            () -> {
                                raise();
                                await(inner);
                                assertThat(outer.getCount()).isEqualTo(1);
                            },
                            inner::countDown);
                    raise();
                    await(outer);
                },
                outer::countDown);
    }

    private static boolean isIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("SigIgn:".length()).strip(), 16))
                    .anyMatch(ignored -> (ignored & 1L << (INTERRUPT - 1)) != 0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void raise() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("raise", signal).invoke(null, interrupt);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
