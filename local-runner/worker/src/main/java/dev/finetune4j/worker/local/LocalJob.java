package dev.finetune4j.worker.local;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.WorkerLock;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the folder and the processes say of one job now. */
final class LocalJob {
    /** A worker that was told to stop and still lives after this is killed by whoever looks next; as long as SageMaker waits. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private static final long PROCESS_END_SECONDS = 10;

    private final JobFolder folder;
    private final JobTicket ticket;
    private final Machine machine;
    private final Clock clock;

    LocalJob(JobFolder folder, JobTicket ticket, Machine machine, Clock clock) {
        this.folder = folder;
        this.ticket = ticket;
        this.machine = machine;
        this.clock = clock;
    }

    /**
     * Where the job stands. A job whose worker is gone without a word is failed, never running. One that has ended has nothing
     * running any more that would still write into its folder, unless that took over ten seconds.
     */
    JobSnapshot snapshot() {
        // Life is asked for first: a worker that ends in between has written its status by then.
        Optional<Launch> launch = Launch.latest(folder);
        boolean alive = isAlive(launch);
        Optional<WorkerStatus> status = WorkerStatus.read(folder);
        if (status.isPresent() && status.get().state().isTerminal()) {
            launch.ifPresent(this::awaitProcessEnd);
            return snapshot(
                    status.get().state(), status.get().at(), status.get().problem());
        }
        if (alive) {
            return alive(status);
        }
        if (launch.isEmpty() || launch.get().mayStillBegin(clock.instant())) {
            return launch.isEmpty() && isOld()
                    ? snapshot(RunState.FAILED, submittedAt(), new DeathCause(folder, machine).problem())
                    : snapshot(RunState.QUEUED, null, null);
        }
        if (Files.exists(folder.stopRequest())) {
            return snapshot(RunState.STOPPED, endOfLife(launch.get()), null);
        }
        return snapshot(RunState.FAILED, endOfLife(launch.get()), new DeathCause(folder, machine).problem());
    }

    /** The process of a job whose status is final already needs a moment more to be gone. */
    private void awaitProcessEnd(Launch launch) {
        Optional<ProcessHandle> shell = shell(launch);
        if (shell.isEmpty()) {
            return;
        }
        try {
            shell.get().onExit().get(PROCESS_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            return; // the state is final all the same
        }
    }

    /** Asks a process to end; the worker saves a checkpoint first. */
    static void terminate(long pid) {
        ProcessHandle.of(pid)
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .ifPresent(ProcessHandle::destroy);
    }

    /** A process that has not written its first event yet is still on its way. */
    private JobSnapshot alive(Optional<WorkerStatus> status) {
        if (!Files.exists(folder.stopRequest())) {
            return snapshot(status.map(WorkerStatus::state).orElse(RunState.QUEUED), null, null);
        }
        if (Duration.between(lastChange(folder.stopRequest()), clock.instant()).compareTo(GRACE) > 0) {
            OptionalLong worker = WorkerLock.holder(folder);
            worker.ifPresent(pid -> ProcessHandle.of(pid)
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .ifPresent(ProcessHandle::destroyForcibly));
        }
        return snapshot(RunState.STOPPING, null, null);
    }

    private boolean isAlive(Optional<Launch> launch) {
        return WorkerLock.holder(folder).isPresent()
                || launch.flatMap(this::shell).isPresent();
    }

    private Optional<ProcessHandle> shell(Launch launch) {
        return Optional.ofNullable(launch.pid()).flatMap(ProcessHandle::of).filter(process -> isShell(launch, process));
    }

    /**
     * Process ids are used again: only a process that was started as ours counts. As it turns from one program into the next, the
     * kernel tells no arguments of it for a moment.
     */
    private boolean isShell(Launch launch, ProcessHandle process) {
        if (!process.isAlive() || isZombie(process)) {
            return false;
        }
        return process.info()
                .arguments()
                .map(arguments -> Arrays.asList(arguments).contains("finetune4j-worker"))
                .orElseGet(() -> launch.isYoung(clock.instant()) && !Files.exists(folder.exitStatus()));
    }

    /**
     * A process that was killed is there until its parent asks how it ended, which for one without a parent the first process of a container
     * may never do; the kernel tells no arguments of it, either.
     */
    private static boolean isZombie(ProcessHandle process) {
        try {
            String stat = Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return false; // no Linux, or gone meanwhile
        }
    }

    private boolean isOld() {
        return Duration.between(submittedAt(), clock.instant()).compareTo(GRACE) > 0;
    }

    private Instant submittedAt() {
        return ticket.submittedAt();
    }

    private Instant endOfLife(Launch launch) {
        for (Path trace : new Path[] {folder.exitStatus(), folder.events(), folder.log()}) {
            if (Files.exists(trace)) {
                return lastChange(trace);
            }
        }
        return launch.at();
    }

    private static Instant lastChange(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JobSnapshot snapshot(RunState state, @Nullable Instant endedAt, @Nullable Problem problem) {
        return new JobSnapshot(
                ticket.id(),
                ticket.order().digest(),
                folder.root().toString(),
                state,
                ticket.submittedAt(),
                endedAt,
                problem,
                Duration.ZERO,
                null,
                Duration.ZERO,
                null);
    }
}
