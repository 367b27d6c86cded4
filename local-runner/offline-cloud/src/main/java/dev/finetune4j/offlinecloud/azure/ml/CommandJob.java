package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Container.Ending;
import dev.finetune4j.offlinecloud.container.Container.Running;
import dev.finetune4j.offlinecloud.container.Stock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One job, of a command or of the service's own tuning, and its life. Nothing happens by itself: whoever looks moves it on to now first, and then everything that was due by then
 * has happened at the time at which it was due. Guarded by the service that owns it.
 */
final class CommandJob {
    /** Between the termination signal and the kill. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final int ERROR_CHARACTERS = 1500;

    private final String id;
    private final ObjectNode handed;
    private final Machines machines;
    private final Instant createdAt;
    private final AzurePace pace;
    private final Stock stock;
    private final CoreQuotas quotas;
    private final Container container;
    private final JobLog log;
    private final List<Stage> stages = new ArrayList<>();
    private @Nullable Running running;
    private @Nullable Running reclaimed;
    private @Nullable Instant timedOutAt;
    private @Nullable JobError error;
    private Duration ranBefore = Duration.ZERO;
    private JobStatus goal = JobStatus.COMPLETED;

    /** A time during which it had one status. */
    private record Stage(JobStatus status, Instant since) {}

    /**
     * A job.
     *
     * @param handed what its container is handed: {@code name}, {@code properties}, and {@code codeUri} where it has code
     */
    CommandJob(
            String id,
            ObjectNode handed,
            Machines machines,
            Instant createdAt,
            AzurePace pace,
            Stock stock,
            CoreQuotas quotas,
            Container container,
            JobLog log) {
        this.id = id;
        this.handed = handed;
        this.machines = machines;
        this.createdAt = createdAt;
        this.pace = pace;
        this.stock = stock;
        this.quotas = quotas;
        this.container = container;
        this.log = log;
        stages.add(new Stage(JobStatus.NOT_STARTED, createdAt));
    }

    String id() {
        return id;
    }

    /** Its properties, of which some can be changed. */
    ObjectNode properties() {
        return (ObjectNode) handed.path("properties");
    }

    Machines machines() {
        return machines;
    }

    Instant createdAt() {
        return createdAt;
    }

    JobLog log() {
        return log;
    }

    JobStatus status() {
        return last().status();
    }

    /** Why it failed, if it did. */
    Optional<JobError> error() {
        return Optional.ofNullable(error);
    }

    /** When it first ran. */
    Optional<Instant> startedAt() {
        return stages.stream()
                .filter(stage -> stage.status() == JobStatus.RUNNING)
                .map(Stage::since)
                .findFirst();
    }

    Optional<Instant> endedAt() {
        return status().isTerminal() ? Optional.of(last().since()) : Optional.empty();
    }

    /** Lets everything happen that is due by now. */
    void advance(Instant now) {
        while (step(now)) {
            // until nothing more is due
        }
    }

    private boolean step(Instant now) {
        Instant since = last().since();
        return switch (status()) {
            case NOT_STARTED -> enterWhenDue(since.plus(pace.start()), JobStatus.PREPARING, now);
            case PREPARING -> enterWhenDue(since.plus(pace.preparation()), JobStatus.QUEUED, now);
            case QUEUED -> awaitMachines(now);
            case PROVISIONING -> awaitContainer(now);
            case RUNNING -> run(now);
            case CANCEL_REQUESTED -> awaitCancellation(now);
            case FINALIZING -> enterWhenDue(since.plus(pace.upload()), goal, now);
            case COMPLETED, FAILED, CANCELED -> false;
        };
    }

    /** A cluster lets jobs wait for as long as they like; serverless compute gives up. */
    private boolean awaitMachines(Instant now) {
        Instant since = last().since();
        if (reclaimed != null) {
            Optional<Ending> gone = reclaimed.ending().filter(end -> !end.at().isAfter(now));
            if (gone.isEmpty()) {
                return false; // what it wrote is still on its way to the store
            }
            reclaimed = null;
        }
        if (machines.cores() > quotas.limit(machines.quota())) {
            return machines.isServerless() && fail(overQuota(machines, quotas), since);
        }
        Instant allowed = quotas.changedAt(machines.quota());
        Instant wanted = since.plus(pace.start());
        Optional<Instant> ready = stock.readyAt(machines.size().name(), allowed.isAfter(wanted) ? allowed : wanted);
        if (ready.isPresent()) {
            return enterWhenDue(ready.get(), JobStatus.PROVISIONING, now);
        }
        Instant giveUp = since.plus(pace.capacityWait());
        if (!machines.isServerless() || giveUp.isAfter(now)) {
            return false;
        }
        return fail(soldOut(machines), giveUp);
    }

    /** That no such machine is free. */
    static JobError soldOut(Machines machines) {
        return new JobError(
                "ServiceError",
                "AllocationFailed",
                "AllocationFailed: Allocation failed. We do not have sufficient capacity for the requested VM size "
                        + machines.size().name() + " in this region.");
    }

    /** That no quota allows as many cores. */
    static JobError overQuota(Machines machines, CoreQuotas quotas) {
        return new JobError(
                "UserError",
                "ClusterCoreQuotaReached",
                "ClusterCoreQuotaReached: Operation results in exceeding quota limits of "
                        + CoreQuotas.named(machines.quota()) + ". Maximum allowed: "
                        + quotas.limit(machines.quota())
                        + ", Current in use: 0, Additional requested: " + machines.cores() + ".");
    }

    private boolean awaitContainer(Instant now) {
        Instant due = last().since().plus(pace.provisioning());
        if (due.isAfter(now)) {
            return false;
        }
        Running started = running;
        if (started == null) {
            started = container.start(handed.deepCopy(), due, keepsFiles() ? ranBefore : Duration.ZERO, log::add);
            running = started;
        }
        Optional<Instant> begun = started.begunAt().filter(at -> !at.isAfter(now));
        if (begun.isPresent()) {
            enter(JobStatus.RUNNING, begun.get().isBefore(due) ? due : begun.get());
            return true;
        }
        Optional<Ending> ending = started.ending().filter(end -> !end.at().isAfter(now));
        return ending.isPresent()
                && fail(JobError.user(ending.get().failure()), ending.get().at());
    }

    /** Whether a container finds what an earlier one wrote: what is mounted is in the store as soon as it is written. */
    private boolean keepsFiles() {
        for (JsonNode output : properties().path("outputs")) {
            if (output.path("mode").asText("ReadWriteMount").equals("ReadWriteMount")) {
                return true;
            }
        }
        return false;
    }

    private boolean run(Instant now) {
        Instant limit = startedAt().orElseThrow().plus(timeout());
        if (timedOutAt == null
                && container().ending().filter(end -> !end.at().isAfter(limit)).isEmpty()) {
            if (limit.isAfter(now)) {
                return false;
            }
            Instant since = last().since(); // after the limit, where it waited for another machine meanwhile
            timedOutAt = since.isAfter(limit) ? since : limit;
            container().terminate(timedOutAt);
        }
        if (timedOutAt != null) {
            killAfterGrace(timedOutAt, now);
        }
        Optional<Ending> ending = container().ending().filter(end -> !end.at().isAfter(now));
        ending.ifPresent(this::finish);
        return ending.isPresent();
    }

    private Duration timeout() {
        String told = properties().path("limits").path("timeout").asText();
        return told.isEmpty() ? Duration.ofDays(365) : Duration.parse(told);
    }

    private void finish(Ending ending) {
        if (timedOutAt != null) {
            goal = JobStatus.FAILED;
            error = new JobError(
                    "UserError",
                    "JobTimeoutExceeded",
                    "JobTimeoutExceeded: The job ran longer than its limit of " + timeout() + ".");
        } else if (!ending.hasRun()) {
            goal = JobStatus.FAILED;
            error = JobError.user(ending.failure());
        } else if (ending.exitCode() != 0) {
            goal = JobStatus.FAILED;
            String said = ending.failure().isEmpty() ? log.tail(ERROR_CHARACTERS) : ending.failure();
            error = JobError.user("Execution failed. User process exited with status code " + ending.exitCode()
                    + ". Please check log file '" + JobLog.NAME + "' for error details. Error: " + said);
        }
        enter(JobStatus.FINALIZING, ending.at());
    }

    private boolean awaitCancellation(Instant now) {
        Instant since = last().since();
        if (running == null) {
            return enterWhenDue(since.plus(pace.upload()), JobStatus.CANCELED, now);
        }
        killAfterGrace(since, now);
        Optional<Ending> ending = container().ending();
        return ending.isPresent() && enterWhenDue(ending.get().at().plus(pace.upload()), JobStatus.CANCELED, now);
    }

    private void killAfterGrace(Instant since, Instant now) {
        Instant deadline = since.plus(GRACE);
        if (!deadline.isAfter(now)) {
            container().kill(deadline);
        }
    }

    /** Lets it end as soon as it can; one that has ended stays as it is. */
    void cancel(Instant now) {
        if (status().isTerminal() || status() == JobStatus.CANCEL_REQUESTED || status() == JobStatus.FINALIZING) {
            return;
        }
        if (running != null) {
            running.terminate(now);
        }
        enter(JobStatus.CANCEL_REQUESTED, now);
    }

    /** Takes its machines back without a word to the container. */
    void reclaim(Instant now) {
        if (status() != JobStatus.RUNNING && status() != JobStatus.PROVISIONING) {
            throw new IllegalStateException(
                    id + " has no machine that could be taken back, it is " + status().wireName());
        }
        if (running != null) {
            running.reclaim(now);
            running.kill(now);
            if (status() == JobStatus.RUNNING) {
                ranBefore = ranBefore.plus(Duration.between(last().since(), now));
            }
        }
        if (timedOutAt != null) {
            return; // its time is over: it ends, and gets no other machine
        }
        reclaimed = running;
        running = null;
        enter(JobStatus.QUEUED, now);
    }

    /** Leaves no container behind. */
    void shutDown() {
        if (running != null) {
            running.close();
        }
        if (reclaimed != null) {
            reclaimed.close();
        }
    }

    /** What it is billed for until now. */
    JobBill bill(Instant now) {
        Instant lastSince = last().since();
        return new JobBill(
                id,
                status().wireName(),
                machines.size().name(),
                machines.isSpot(),
                machines.nodes(),
                allocated(now),
                status().isTerminal() && !lastSince.plus(pace.release()).isAfter(now));
    }

    private Duration allocated(Instant now) {
        Duration all = Duration.ZERO;
        boolean hadMachines = false;
        for (int i = 0; i < stages.size(); i++) {
            JobStatus status = stages.get(i).status();
            Instant since = stages.get(i).since();
            boolean hasMachines = status.hasMachines() || (hadMachines && status == JobStatus.CANCEL_REQUESTED);
            boolean isGivingBack = hadMachines && status.isTerminal(); // what was taken back is gone at once
            Instant end = i + 1 < stages.size() ? stages.get(i + 1).since() : now;
            Instant released = since.plus(pace.release());
            if (hasMachines) {
                all = all.plus(Duration.between(since, end));
            } else if (isGivingBack) {
                all = all.plus(Duration.between(since, released.isBefore(end) ? released : end));
            }
            hadMachines = hasMachines;
        }
        return all;
    }

    private boolean fail(JobError why, Instant at) {
        error = why;
        enter(JobStatus.FAILED, at);
        return true;
    }

    private Running container() {
        return Objects.requireNonNull(running);
    }

    private boolean enterWhenDue(Instant due, JobStatus next, Instant now) {
        if (due.isAfter(now)) {
            return false;
        }
        enter(next, due);
        return true;
    }

    private void enter(JobStatus next, Instant at) {
        if (at.isBefore(last().since())) { // it would be billed for less than no time
            throw new IllegalStateException(id + " cannot be " + next + " at " + at + ", before it was " + last());
        }
        stages.add(new Stage(next, at));
    }

    private Stage last() {
        return stages.get(stages.size() - 1);
    }
}
