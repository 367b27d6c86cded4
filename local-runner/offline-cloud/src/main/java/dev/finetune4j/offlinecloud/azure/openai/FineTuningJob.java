package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.openai.Tuning.Step;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One job and its life. Nothing happens by itself: whoever looks moves it on to now first, and then everything that was due by then has
 * happened at the time at which it was due. Guarded by the service that owns it.
 */
final class FineTuningJob {
    /** About so many steps of a job are told by events. */
    private static final int TOLD_STEPS = 50;

    private static final int CHECKPOINTS = 3;

    private final String id;
    private final JobRequest request;
    private final Instant createdAt;
    private final OpenAiPace pace;
    private final String modelName;
    private final JobEvents events = new JobEvents();
    private JobStatus status = JobStatus.PENDING;
    private @Nullable Instant queuedAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private final int stepCount;
    private final List<Step> steps = new ArrayList<>();
    private @Nullable Tuning tuning;
    private @Nullable JobFailure failure;
    private @Nullable StoredFile results;

    FineTuningJob(JobRequest request, Instant createdAt, OpenAiPace pace) {
        id = "ftjob-" + Files.hex();
        this.request = request;
        this.createdAt = createdAt;
        this.pace = pace;
        stepCount = Tuning.stepsOfEpoch(request) * request.epochs();
        modelName = request.offer().model().id() + ".ft-" + Files.hex()
                + (request.suffix().isEmpty() ? "" : "-" + request.suffix());
        events.info(createdAt, "Created fine-tuning job: " + id);
        events.info(
                createdAt, "Validating training file: " + request.trainingFile().id());
    }

    String id() {
        return id;
    }

    JobRequest request() {
        return request;
    }

    Instant createdAt() {
        return createdAt;
    }

    JobStatus status() {
        return status;
    }

    JobEvents events() {
        return events;
    }

    /** When it began to wait; empty before. */
    Optional<Instant> queuedAt() {
        return Optional.ofNullable(queuedAt);
    }

    /** When it began to train; empty before. */
    Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    /** When it ended; empty before. */
    Optional<Instant> endedAt() {
        return Optional.ofNullable(endedAt);
    }

    /** The name that its model has once it succeeded. */
    String modelName() {
        return modelName;
    }

    /** Tokens that were trained on so far, which is what is paid. */
    long trainedTokens() {
        return request.trainedTokens() * steps.size() / stepCount;
    }

    /** Looks at the files if it is due. */
    void validate(Instant now) {
        Instant at = createdAt.plus(pace.validation());
        if (status != JobStatus.PENDING || at.isAfter(now)) {
            return;
        }
        Optional<JobFailure> wrong = request.wrongFile();
        if (wrong.isPresent()) {
            fail(wrong.get(), at);
            return;
        }
        status = JobStatus.QUEUED;
        queuedAt = at;
        events.info(at, "Job enqueued. Waiting for jobs ahead to complete.");
    }

    void start(Instant at) {
        status = JobStatus.RUNNING;
        startedAt = at;
        tuning = new Tuning(request);
        events.info(at, "Job started.");
        events.info(at, "Training started.");
    }

    /**
     * Takes the steps that are due.
     *
     * @return whether those were the last ones
     */
    boolean train(Instant now) {
        int between = Math.max(1, stepCount / TOLD_STEPS);
        while (tuning != null
                && steps.size() < stepCount
                && !stepAt(steps.size()).isAfter(now)) {
            Instant at = stepAt(steps.size());
            Step step = tuning.next();
            steps.add(step);
            boolean isLast = steps.size() == stepCount;
            if (step.number() % between == 0 || isLast || step.full().isPresent()) {
                events.step(at, step, stepCount);
            }
        }
        return steps.size() == stepCount;
    }

    private Instant stepAt(int index) {
        Instant from = startedAt == null ? createdAt : startedAt;
        return from.plus(pace.training().multipliedBy(index + 1L).dividedBy(stepCount));
    }

    /** The table of its steps, for the file of results. */
    byte[] table() {
        return Tuning.table(steps);
    }

    /** When its last step is taken. */
    Instant lastStepAt() {
        return stepAt(stepCount - 1);
    }

    void succeed(StoredFile file, Instant at) {
        results = file;
        events.info(at, "Training completed.");
        events.info(at, "Completed results file: " + file.id());
        events.info(at, "Job succeeded.");
        end(JobStatus.SUCCEEDED, at);
    }

    /** Ends it with an error. */
    void fail(JobFailure why, Instant at) {
        failure = why;
        events.error(at, "Job failed: " + why.message());
        end(JobStatus.FAILED, at);
    }

    /**
     * Ends it at once.
     *
     * @throws ServiceError if it has ended
     */
    void cancel(Instant now) throws ServiceError {
        if (status.isTerminal()) {
            throw OpenAiErrors.state("The job '" + id + "' has the status '" + status.wireName()
                    + "', in which it cannot be cancelled.");
        }
        end(now);
    }

    /** Ends it at once, as whoever asks for it knows that it goes on. */
    void end(Instant now) {
        events.info(now, "Job cancelled.");
        end(JobStatus.CANCELLED, now);
    }

    private void end(JobStatus last, Instant at) {
        status = last;
        endedAt = at;
        tuning = null;
    }

    /** As the service tells of it. What it does not know yet is null, as is what Azure never knows. */
    ObjectNode described() {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("object", "fine_tuning.job")
                .put("id", id)
                .put("model", request.model())
                .put("created_at", createdAt.getEpochSecond())
                .put("finished_at", endedAt == null ? null : endedAt.getEpochSecond())
                .put(
                        "estimated_finish",
                        status == JobStatus.RUNNING ? lastStepAt().getEpochSecond() : null)
                .put("status", status.wireName())
                .put("fine_tuned_model", status == JobStatus.SUCCEEDED ? modelName : null)
                .put("training_file", request.trainingFile().id())
                .put(
                        "validation_file",
                        request.validationFile().map(StoredFile::id).orElse(null))
                .put("trained_tokens", status == JobStatus.SUCCEEDED ? trainedTokens() : null)
                .put("trainingType", request.offer().trainingType())
                .put("suffix", request.suffix().isEmpty() ? null : request.suffix())
                .put("seed", request.seed())
                .putNull("organization_id");
        if (results == null) {
            told.putNull("result_files");
        } else {
            told.putArray("result_files").add(results.id());
        }
        if (failure == null) {
            told.putNull("error");
        } else {
            told.putObject("error")
                    .put("code", failure.code())
                    .put("message", failure.message())
                    .put("param", failure.param().isEmpty() ? null : failure.param());
        }
        told.set("hyperparameters", request.hyperparameters());
        told.set("method", request.method());
        told.set("metadata", request.metadata());
        return told;
    }

    /** By id, the oldest first: those of the last three epochs that it went through. */
    Map<String, ObjectNode> checkpoints() {
        int stepsOfEpoch = Tuning.stepsOfEpoch(request);
        List<Step> ends =
                steps.stream().filter(step -> step.number() % stepsOfEpoch == 0).toList();
        Map<String, ObjectNode> checkpoints = new LinkedHashMap<>();
        for (Step step : ends.subList(Math.max(0, ends.size() - CHECKPOINTS), ends.size())) {
            String checkpoint = "ftchkpt-" + id.substring(id.indexOf('-') + 1) + "-" + step.number();
            ObjectNode told = Json.records()
                    .createObjectNode()
                    .put("object", "fine_tuning.job.checkpoint")
                    .put("id", checkpoint)
                    .put("created_at", stepAt(step.number() - 1).getEpochSecond())
                    .put("fine_tuned_model_checkpoint", checkpointName(step))
                    .put("fine_tuning_job_id", id)
                    .put("step_number", step.number());
            told.set("metrics", JobEvents.metrics(step));
            checkpoints.put(checkpoint, told);
        }
        return checkpoints;
    }

    private String checkpointName(Step step) {
        return step.number() == stepCount ? modelName : modelName + ":ckpt-step-" + step.number();
    }
}
