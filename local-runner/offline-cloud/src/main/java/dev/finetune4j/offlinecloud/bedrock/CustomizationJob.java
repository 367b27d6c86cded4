package dev.finetune4j.offlinecloud.bedrock;

import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One model customization job and its life. Nothing happens by itself: whoever looks moves it on to now first, and then everything that was
 * due by then has happened at the time at which it was due. Guarded by the service that owns it.
 */
final class CustomizationJob {
    private static final int FAILURE_CHARACTERS = 2048;

    private final CustomizationRequest request;
    private final String arn;
    private final Instant createdAt;
    private final TuningPace pace;
    private final ObjectStore store;
    private final Entry entry;
    private final Part validating = new Part();
    private final Part training = new Part();
    private JobStatus status = JobStatus.IN_PROGRESS;
    private Instant changedAt;
    private @Nullable Tuning tuning;
    private Tuning.@Nullable Result result;
    private String failure = "";

    /**
     * A job.
     *
     * @param store as its role sees it
     * @param entry what it does first
     */
    CustomizationJob(
            CustomizationRequest request,
            String arn,
            Instant createdAt,
            TuningPace pace,
            ObjectStore store,
            Entry entry) {
        this.request = request;
        this.arn = arn;
        this.createdAt = createdAt;
        this.pace = pace;
        this.store = store;
        this.entry = entry;
        changedAt = createdAt;
        validating.enter(JobStatus.IN_PROGRESS, createdAt);
    }

    /** What a job does before it reads its data. */
    interface Entry {
        /**
         * Does it.
         *
         * @throws ServiceError if its role may not
         */
        void enter() throws ServiceError;
    }

    /** One of the things that a job does after another. */
    static final class Part {
        private JobStatus status = JobStatus.NOT_STARTED;
        private @Nullable Instant since;
        private @Nullable Instant changedAt;

        private void enter(JobStatus next, Instant at) {
            since = since == null ? at : since;
            changedAt = at;
            status = next;
        }

        private boolean isRunning() {
            return status == JobStatus.IN_PROGRESS || status == JobStatus.STOPPING;
        }

        JobStatus status() {
            return status;
        }

        Optional<Instant> since() {
            return Optional.ofNullable(since);
        }

        Optional<Instant> changedAt() {
            return Optional.ofNullable(changedAt);
        }
    }

    CustomizationRequest request() {
        return request;
    }

    String arn() {
        return arn;
    }

    /** The job's own id, at the end of its ARN. */
    String id() {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant changedAt() {
        return changedAt;
    }

    JobStatus status() {
        return status;
    }

    Part validating() {
        return validating;
    }

    Part training() {
        return training;
    }

    /** Why it failed; empty if it did not. */
    String failure() {
        return failure;
    }

    /** What came of it, once it is completed. */
    Optional<Tuning.Result> result() {
        return Optional.ofNullable(result);
    }

    /** Lets everything happen that is due by now. */
    void advance(Instant now) {
        while (!status.isTerminal() && step(now)) {
            // one thing after another
        }
    }

    private boolean step(Instant now) {
        if (status == JobStatus.STOPPING) {
            return doWhenDue(changedAt, pace.stopping(), now, at -> end(JobStatus.STOPPED, at));
        }
        Tuning running = tuning;
        return running == null
                ? doWhenDue(createdAt, pace.validation(), now, this::readData)
                : doWhenDue(training.since().orElseThrow(), pace.training(), now, at -> train(at, running));
    }

    private static boolean doWhenDue(Instant begun, Duration time, Instant now, Consumer<Instant> action) {
        Instant due = begun.plus(time);
        if (due.isAfter(now)) {
            return false;
        }
        action.accept(due);
        return true;
    }

    private void readData(Instant at) {
        try {
            entry.enter();
            tuning = Tuning.begin(request, store);
            validating.enter(JobStatus.COMPLETED, at);
            training.enter(JobStatus.IN_PROGRESS, at);
            changedAt = at;
        } catch (DataRefusal | ServiceError e) {
            fail(String.valueOf(e.getMessage()), at);
        }
    }

    private void train(Instant at, Tuning running) {
        try {
            result = running.finish("model-customization-job-" + id());
            end(JobStatus.COMPLETED, at);
        } catch (IOException e) {
            fail(
                    "Unable to write to " + request.outputUri() + ". Make sure that the service role may write there.",
                    at);
        }
    }

    /** Ends it with an error. */
    void fail(String message, Instant at) {
        failure = message.substring(0, Math.min(message.length(), FAILURE_CHARACTERS));
        end(JobStatus.FAILED, at);
    }

    /**
     * Tells it to stop; one that stops already goes on stopping.
     *
     * @throws ServiceError if it has ended
     */
    void stop(Instant now) throws ServiceError {
        if (status.isTerminal()) {
            throw ServiceError.of(
                    "ConflictException",
                    "The job " + arn + " is in status " + status.wireName() + " and can not be stopped");
        }
        if (status == JobStatus.IN_PROGRESS) {
            enter(JobStatus.STOPPING, now);
        }
    }

    private void end(JobStatus last, Instant at) {
        enter(last, at);
        tuning = null;
    }

    private void enter(JobStatus next, Instant at) {
        status = next;
        changedAt = at;
        for (Part part : new Part[] {validating, training}) {
            if (part.isRunning()) {
                part.enter(next, at);
            }
        }
    }
}
