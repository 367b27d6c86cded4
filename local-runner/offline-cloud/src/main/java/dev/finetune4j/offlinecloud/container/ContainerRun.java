package dev.finetune4j.offlinecloud.container;

import dev.finetune4j.offlinecloud.container.Container.Ending;
import dev.finetune4j.offlinecloud.container.Container.Running;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One container on one machine, followed by a thread of its own. */
public final class ContainerRun implements Running {
    private static final System.Logger LOG = System.getLogger(ContainerRun.class.getName());
    private static final long BETWEEN_SAVES_MILLIS = 200;
    /** A process that it left behind may hold its output open. */
    private static final long LAST_LINES_MILLIS = 2000;

    private final Machine machine;
    private final ProcessBuilder builder;
    private final Program program;
    private final Clock clock;
    private final Consumer<String> log;
    private final Thread follower;
    private @Nullable Process process;
    private @Nullable Instant begunAt;
    private @Nullable Ending ending;
    private boolean isTerminated;
    private boolean isReclaimed;

    /**
     * A container that is about to begin.
     *
     * @param machine where it runs
     * @param builder of its process, without a command where there is nothing to run
     * @param program what is done around the process
     * @param clock the clock, which must go by itself
     * @param log takes each line that it prints
     */
    public ContainerRun(Machine machine, ProcessBuilder builder, Program program, Clock clock, Consumer<String> log) {
        this.machine = machine;
        this.builder = builder;
        this.program = program;
        this.clock = clock;
        this.log = log;
        follower = inBackground(this::follow);
    }

    /** Starts the thread that lays out the machine and then runs the process. */
    public void begin() {
        follower.start();
    }

    private Thread inBackground(Runnable task) {
        Thread thread = new Thread(task, "container of " + machine.job());
        thread.setDaemon(true);
        return thread;
    }

    private void follow() {
        Ending end;
        try {
            machine.layOut();
            begun();
            program.prepare(machine.root());
            Process started = start();
            Thread reader = inBackground(() -> read(started));
            reader.start();
            while (!started.waitFor(BETWEEN_SAVES_MILLIS, TimeUnit.MILLISECONDS)) {
                machine.save();
            }
            reader.join(LAST_LINES_MILLIS);
            program.finish(machine.root(), started.exitValue());
            machine.save();
            if (!isReclaimed()) {
                machine.saveResults(started.exitValue() != 0 && !isTerminated());
            }
            end = new Ending(clock.instant(), started.exitValue(), machine.failure());
        } catch (Program.ProgramFailure e) {
            log.accept(String.valueOf(e.getMessage()));
            end = new Ending(clock.instant(), 1, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            kill(clock.instant());
            end = Ending.ofClient(clock.instant(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill(clock.instant());
            end = Ending.ofClient(clock.instant(), "the offline cloud was closed");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the offline cloud met an unexpected error", e);
            kill(clock.instant());
            end = Ending.ofClient(clock.instant(), "the offline cloud met an unexpected error: " + e);
        }
        try {
            machine.release();
        } finally { // else its job would never end
            synchronized (this) {
                ending = end;
            }
        }
    }

    private void read(Process from) {
        try (BufferedReader lines = from.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                program.told(line).ifPresent(log);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a killed container prints no more", e);
        }
    }

    /** A container that was told to end before it began never does. */
    private synchronized Process start() throws IOException {
        if (isTerminated) {
            throw new IOException("the job was stopped before its container began");
        }
        if (builder.command().isEmpty()) {
            throw new IOException("the offline cloud has no images: name a ContainerEntrypoint");
        }
        Process started = builder.start();
        process = started;
        return started;
    }

    private synchronized boolean isTerminated() {
        return isTerminated;
    }

    private synchronized boolean isReclaimed() {
        return isReclaimed;
    }

    private synchronized void begun() {
        begunAt = clock.instant();
    }

    @Override
    public synchronized Optional<Instant> begunAt() {
        return Optional.ofNullable(begunAt);
    }

    @Override
    public synchronized Optional<Ending> ending() {
        return Optional.ofNullable(ending);
    }

    @Override
    public synchronized void terminate(Instant at) {
        isTerminated = true;
        if (process != null) {
            // Process.destroy closes the pipe, from which what it prints to its end is still to be read.
            process.toHandle().destroy();
        }
    }

    @Override
    public synchronized void reclaim(Instant at) {
        isReclaimed = true;
        terminate(at);
    }

    @Override
    public synchronized void kill(Instant at) {
        isTerminated = true;
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly();
        }
    }

    @Override
    public void close() {
        kill(clock.instant());
        follower.interrupt();
        try {
            follower.join(LAST_LINES_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
