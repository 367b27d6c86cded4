package dev.finetune4j.cli.view;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a command says where its process ends before the command does: by Ctrl-C, or because somebody ends the process. Safe for use by
 * several threads.
 */
public final class LastWords {
    /** Words that nobody reads must not keep the process: a stream may be a pipe that is full. */
    private static final long MOST_MILLIS = 1000;

    private final Deque<Runnable> given = new ArrayDeque<>();
    private @Nullable Thread hook;
    private @Nullable Thread speaker;
    private boolean hasResult;

    /** For as long as words are those to be said. */
    public interface Turn extends AutoCloseable {
        /** Ends it. Never returns where the process is ending already: nothing more may be printed after the last words. */
        @Override
        void close();
    }

    /**
     * Until the turn is closed, has words said in place of those that were given before.
     *
     * @param words says them, in a thread of its own
     */
    public synchronized Turn give(Runnable words) {
        if (given.isEmpty()) {
            hook = new Thread(this::sayInTime, "end of process");
            Runtime.getRuntime().addShutdownHook(hook);
        }
        given.push(words);
        return this::takeBack;
    }

    /** Whether a part of the result was printed. */
    public synchronized boolean hasResult() {
        return hasResult;
    }

    /** Says that a part of the result is to be printed. Never returns where the process is ending already, unless this is said by the last words. */
    void beforeResult() {
        if (!isResultTaken()) {
            awaitEnd();
        }
    }

    private synchronized boolean isResultTaken() {
        boolean isTaken = speaker == null || speaker == Thread.currentThread();
        hasResult |= isTaken;
        return isTaken;
    }

    private void takeBack() {
        if (!isTakenBack()) {
            awaitEnd();
        }
    }

    private synchronized boolean isTakenBack() {
        if (speaker != null || (given.size() == 1 && !isUnhooked())) {
            return false;
        }
        given.pop();
        return true;
    }

    private boolean isUnhooked() {
        try {
            return hook == null || Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false; // the process is ending, though nobody speaks yet
        }
    }

    /** Runs while the process ends. */
    private void sayInTime() {
        CountDownLatch said = new CountDownLatch(1);
        speak(said);
        try {
            var unused = said.await(MOST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void speak(CountDownLatch said) {
        Runnable words = given.getFirst();
        speaker = new Thread(
                () -> {
                    words.run();
                    said.countDown();
                },
                "last words");
        speaker.setDaemon(true);
        speaker.start();
    }

    private static void awaitEnd() {
        while (true) {
            LockSupport.park();
            var unused = Thread.interrupted(); // else the next look would not wait
        }
    }
}
