package dev.finetune4j.offlinecloud.sagemaker;

import java.util.Arrays;

/** Where a training job stands in detail; the names that the service gives are those of the constants. */
enum SecondaryStatus {
    STARTING("Starting", "Starting the training job"),
    PENDING("Pending", "The training job is waiting for compute capacity"),
    DOWNLOADING("Downloading", "Downloading the training image"),
    TRAINING("Training", "Training image download completed. Training in progress."),
    INTERRUPTED("Interrupted", "The training job was interrupted because its Spot instance was taken back"),
    RESTARTING("Restarting", "The training job is retried after an internal error"),
    STOPPING("Stopping", "Stopping the training job"),
    UPLOADING("Uploading", "Uploading generated training model"),
    COMPLETED("Completed", "Training job completed"),
    FAILED("Failed", "Training job failed"),
    STOPPED("Stopped", "Training job stopped"),
    MAX_RUNTIME_EXCEEDED("MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds provided"),
    MAX_WAIT_TIME_EXCEEDED("MaxWaitTimeExceeded", "Training job exceeded MaxWaitTimeInSeconds provided");

    private final String wireName;
    private final String message;

    SecondaryStatus(String wireName, String message) {
        this.wireName = wireName;
        this.message = message;
    }

    /**
     * The status of a name.
     *
     * @throws IllegalArgumentException if none has it
     */
    static SecondaryStatus named(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no training job is ever " + wireName));
    }

    String wireName() {
        return wireName;
    }

    String message() {
        return message;
    }

    /** The status that lists show: one that ended by a limit counts as stopped. */
    String primary(boolean isStopping) {
        return switch (this) {
            case COMPLETED -> "Completed";
            case FAILED -> "Failed";
            case STOPPED, MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED -> "Stopped";
            case STOPPING -> "Stopping";
            case STARTING, PENDING, DOWNLOADING, TRAINING, INTERRUPTED, RESTARTING, UPLOADING ->
                isStopping ? "Stopping" : "InProgress";
        };
    }

    boolean isTerminal() {
        return switch (this) {
            case COMPLETED, FAILED, STOPPED, MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED -> true;
            case STARTING, PENDING, DOWNLOADING, TRAINING, INTERRUPTED, RESTARTING, STOPPING, UPLOADING -> false;
        };
    }

    /** Whether the service itself may fail then, as far as it can be told to. */
    boolean mayBreak() {
        return switch (this) {
            case STARTING, PENDING, DOWNLOADING, TRAINING, UPLOADING -> true;
            default -> false;
        };
    }

    /** Whether a machine is there that costs money. */
    boolean isBilled() {
        return switch (this) {
            case DOWNLOADING, TRAINING, STOPPING, UPLOADING -> true;
            default -> false;
        };
    }
}
