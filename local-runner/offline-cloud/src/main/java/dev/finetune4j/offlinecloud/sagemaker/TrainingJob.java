package dev.finetune4j.offlinecloud.sagemaker;

import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.Container.Ending;
import dev.finetune4j.offlinecloud.container.Container.Running;
import dev.finetune4j.offlinecloud.container.Stock;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One training job and its life. Nothing happens by itself: whoever looks moves it on to now first, and then everything that was due by
 * then has happened at the time at which it was due. Guarded by the service that owns it.
 */
final class TrainingJob {
    /** Between the termination signal and the kill. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private static final int FAILURE_CHARACTERS = 1024;

    private final JobRequest request;
    private final Instant createdAt;
    private final Pace pace;
    private final Stock stock;
    private final Container container;
    private final JobOutput output;
    private final InternalErrors errors;
    private final List<Transition> transitions = new ArrayList<>();
    private @Nullable Running running;
    private Duration ranBefore = Duration.ZERO;
    private SecondaryStatus goal = SecondaryStatus.COMPLETED;
    private boolean isStopping;
    private int retries;
    private String failureReason = "";

    /**
     * A job.
     *
     * @param output takes what its containers print
     * @param errors when the service fails it
     */
    TrainingJob(
            JobRequest request,
            Instant createdAt,
            Pace pace,
            Stock stock,
            Container container,
            JobOutput output,
            InternalErrors errors) {
        this.request = request;
        this.createdAt = createdAt;
        this.pace = pace;
        this.stock = stock;
        this.container = container;
        this.output = output;
        this.errors = errors;
        transitions.add(new Transition(SecondaryStatus.STARTING, createdAt, null, SecondaryStatus.STARTING.message()));
    }

    JobRequest request() {
        return request;
    }

    Instant createdAt() {
        return createdAt;
    }

    JobOutput output() {
        return output;
    }

    List<Transition> transitions() {
        return List.copyOf(transitions);
    }

    SecondaryStatus status() {
        return last().status();
    }

    String primaryStatus() {
        return status().primary(isStopping);
    }

    /** Why it failed; empty if it did not. */
    String failureReason() {
        return failureReason;
    }

    /** When the first machine was there. */
    Optional<Instant> startedAt() {
        return transitions.stream()
                .filter(transition -> transition.status() == SecondaryStatus.DOWNLOADING)
                .map(Transition::start)
                .findFirst();
    }

    Instant changedAt() {
        return last().start();
    }

    Optional<Instant> endedAt() {
        return status().isTerminal() ? Optional.of(last().start()) : Optional.empty();
    }

    /** How long machines were there. */
    Duration machineTime() {
        return sum(past -> past.status().isBilled());
    }

    /** Lets everything happen that is due by now. */
    void advance(Instant now) {
        while (step(now)) {
            // until nothing more is due
        }
    }

    /** The next thing that is due by now. An error of the service comes unless something else was due by then. */
    private boolean step(Instant now) {
        Optional<Instant> error = errors.next(request.name(), status())
                .map(after -> last().start().plus(after))
                .filter(at -> !at.isAfter(now));
        if (error.isEmpty()) {
            return goOn(now);
        }
        if (!goOn(error.get())) {
            errors.come(request.name());
            breakDown(error.get());
        }
        return true;
    }

    private boolean goOn(Instant now) {
        return switch (status()) {
            case STARTING, PENDING -> awaitMachine(now);
            case DOWNLOADING -> awaitInputs(now);
            case TRAINING -> train(now);
            case INTERRUPTED, RESTARTING -> awaitEnd(now).map(this::startAgain).orElse(false);
            case STOPPING -> awaitEnd(now).map(this::upload).orElse(false);
            case UPLOADING -> enterWhenDue(last().start().plus(pace.upload()), goal, now);
            case COMPLETED, FAILED, STOPPED, MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED -> false;
        };
    }

    private boolean awaitMachine(Instant now) {
        boolean isPending = status() == SecondaryStatus.PENDING;
        Instant wanted = isPending ? last().start() : last().start().plus(pace.start());
        Optional<Instant> ready = stock.readyAt(request.machines().keySet(), wanted);
        boolean mustWait = ready.isEmpty() || ready.get().isAfter(wanted);
        if (!isPending && mustWait && request.maxPending().isPresent() && isBeforeWaitEnd(wanted)) {
            return enterWhenDue(wanted, SecondaryStatus.PENDING, now);
        }
        Instant giveUp = giveUpAt(ready.isPresent());
        if (ready.isPresent() && ready.get().isBefore(giveUp)) {
            return enterWhenDue(ready.get(), SecondaryStatus.DOWNLOADING, now);
        }
        if (giveUp.isAfter(now)) {
            return false;
        }
        if (waitEnd().isPresent() || isPending) {
            enter(
                    SecondaryStatus.MAX_WAIT_TIME_EXCEEDED,
                    giveUp,
                    isBeforeWaitEnd(giveUp)
                            ? "Training job exceeded MaxPendingTimeInSeconds provided"
                            : SecondaryStatus.MAX_WAIT_TIME_EXCEEDED.message());
        } else {
            failureReason =
                    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML"
                            + " instance type.";
            enter(SecondaryStatus.FAILED, giveUp);
        }
        return true;
    }

    /** When it stops to wait for a machine. The service stops a job that was pending for too long, as it does one that waited too long. */
    private Instant giveUpAt(boolean isReady) {
        Instant waitEnd = waitEnd().orElse(Instant.MAX);
        if (status() == SecondaryStatus.PENDING) {
            Instant pendingEnd =
                    last().start().plus(request.maxPending().orElseThrow()).minus(pendedBefore());
            return pendingEnd.isBefore(waitEnd) ? pendingEnd : waitEnd;
        }
        return waitEnd().orElse(isReady ? Instant.MAX : last().start().plus(pace.capacityWait()));
    }

    private boolean isBeforeWaitEnd(Instant at) {
        return waitEnd().map(at::isBefore).orElse(true);
    }

    /** All times but the one that lasts. */
    private Duration pendedBefore() {
        return sum(past -> past.status() == SecondaryStatus.PENDING);
    }

    private Duration sum(Predicate<Transition> counts) {
        return transitions.stream()
                .filter(transition -> counts.test(transition) && transition.end() != null)
                .map(transition -> Duration.between(transition.start(), Objects.requireNonNull(transition.end())))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** The service fails: it begins again where the job asked for that, as one that lost its machines does. */
    private void breakDown(Instant at) {
        if (running != null) {
            running.reclaim(at);
            running.kill(at);
        }
        if (isStopping || retries == request.retries()) {
            failureReason = "InternalServerError: We encountered an internal error. Please try again.";
            enter(SecondaryStatus.FAILED, at);
        } else {
            retries++;
            goal = SecondaryStatus.COMPLETED;
            failureReason = "";
            enter(SecondaryStatus.RESTARTING, at);
        }
    }

    private boolean awaitInputs(Instant now) {
        Instant due = last().start().plus(pace.download());
        if (due.isAfter(now)) {
            return false;
        }
        Running started = running;
        if (started == null) {
            List<JobHost> hosts = request.hosts();
            started = container.start(
                    hosts.stream().map(request::on).toList(),
                    due,
                    request.hasCheckpoints() ? ranBefore : Duration.ZERO,
                    hosts.stream().map(host -> output.open(host, due)).toList());
            running = started;
        }
        Optional<Ending> ending = started.ending().filter(end -> !end.at().isAfter(now));
        Optional<Instant> begun = started.begunAt().filter(at -> !at.isAfter(now));
        if (begun.isPresent()) {
            enter(SecondaryStatus.TRAINING, begun.get().isBefore(due) ? due : begun.get());
            return true;
        }
        return ending.map(this::failBefore).orElse(false);
    }

    /** What cannot be fetched ends a job before anything of it runs. */
    private boolean failBefore(Ending ending) {
        failureReason = cut("ClientError: " + ending.failure(), "");
        enter(SecondaryStatus.FAILED, ending.at());
        return true;
    }

    private boolean train(Instant now) {
        Instant begun = last().start();
        Instant runEnd = begun.plus(request.maxRuntime()).minus(ranBefore);
        Instant waitEnd = waitEnd().orElse(Instant.MAX);
        Instant limit = runEnd.isAfter(waitEnd) ? waitEnd : runEnd;
        Optional<Ending> ending = container().ending().filter(end -> !end.at().isAfter(limit));
        if (ending.isPresent() && !ending.get().at().isAfter(now)) {
            return finish(ending.get());
        }
        if (limit.isAfter(now)) {
            return false;
        }
        goal = runEnd.isAfter(waitEnd) ? SecondaryStatus.MAX_WAIT_TIME_EXCEEDED : SecondaryStatus.MAX_RUNTIME_EXCEEDED;
        wind(limit);
        return true;
    }

    private boolean finish(Ending ending) {
        if (!ending.hasRun()) {
            goal = SecondaryStatus.FAILED;
            failureReason = cut("ClientError: " + ending.failure(), "");
        } else if (ending.exitCode() != 0) {
            goal = SecondaryStatus.FAILED;
            failureReason = cut("AlgorithmError: " + ending.failure(), ", exit code: " + ending.exitCode());
        }
        return upload(ending);
    }

    private static String cut(String text, String tail) {
        return text.substring(0, Math.min(text.length(), FAILURE_CHARACTERS - tail.length())) + tail;
    }

    private boolean upload(Ending ending) {
        enter(SecondaryStatus.UPLOADING, ending.at());
        return true;
    }

    private boolean startAgain(Ending ending) {
        running = null;
        enter(SecondaryStatus.STARTING, ending.at().isBefore(last().start()) ? last().start() : ending.at());
        ranBefore = sum(past -> past.status() == SecondaryStatus.TRAINING
                || past.status() == SecondaryStatus.INTERRUPTED); // in which it still wound down
        return true;
    }

    /** The end of a container that was told to end; kills it when its time is up. Without a container it is over at once. */
    private Optional<Ending> awaitEnd(Instant now) {
        if (running == null) {
            return Optional.of(new Ending(last().start(), 0, ""));
        }
        Instant deadline = last().start().plus(GRACE);
        if (!deadline.isAfter(now)) {
            container().kill(deadline);
        }
        return container().ending().filter(end -> !end.at().isAfter(now));
    }

    /**
     * Tells it to stop.
     *
     * @throws ServiceError if it has ended
     */
    void stop(Instant now) throws ServiceError {
        switch (status()) {
            case TRAINING -> {
                isStopping = true;
                goal = SecondaryStatus.STOPPED;
                wind(now);
            }
            case STARTING, PENDING, DOWNLOADING, INTERRUPTED, RESTARTING -> {
                isStopping = true;
                if (running != null) {
                    running.kill(now);
                }
                enter(SecondaryStatus.STOPPING, now);
                enter(SecondaryStatus.STOPPED, now);
            }
            case STOPPING, UPLOADING -> {
                // it ends anyhow
            }
            case COMPLETED, FAILED, STOPPED, MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED ->
                throw ServiceError.invalid(
                        "The request was rejected because the training job is in status " + primaryStatus() + ".");
        }
    }

    /** Takes its machine back. */
    void reclaim(Instant now) {
        switch (status()) {
            case TRAINING -> {
                container().reclaim(now);
                enter(SecondaryStatus.INTERRUPTED, now);
            }
            case DOWNLOADING -> {
                if (running != null) {
                    running.reclaim(now);
                    running = null;
                }
                enter(SecondaryStatus.STARTING, now);
            }
            default ->
                throw new IllegalStateException(
                        request.name() + " has no machine that could be taken back, it is " + status().wireName());
        }
    }

    /** Leaves no container behind. */
    void shutDown() {
        if (running != null) {
            running.close();
        }
    }

    private void wind(Instant at) {
        container().terminate(at);
        isStopping = true;
        enter(SecondaryStatus.STOPPING, at);
    }

    private Optional<Instant> waitEnd() {
        return request.maxWait().map(createdAt::plus);
    }

    private Running container() {
        return Objects.requireNonNull(running);
    }

    private boolean enterWhenDue(Instant due, SecondaryStatus next, Instant now) {
        if (due.isAfter(now)) {
            return false;
        }
        enter(next, due);
        return true;
    }

    private void enter(SecondaryStatus next, Instant at) {
        enter(next, at, next.message());
    }

    private void enter(SecondaryStatus next, Instant at, String message) {
        Transition last = last();
        transitions.set(transitions.size() - 1, new Transition(last.status(), last.start(), at, last.message()));
        transitions.add(new Transition(next, at, null, message));
    }

    private Transition last() {
        return transitions.get(transitions.size() - 1);
    }
}
