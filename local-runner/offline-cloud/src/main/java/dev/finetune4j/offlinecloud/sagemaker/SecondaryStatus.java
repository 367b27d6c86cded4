package dev.finetune4j.offlinecloud.sagemaker;

/** Where a training job stands in detail; the names that the service gives are those of the constants. */
enum SecondaryStatus {
    STARTING("Starting", "Starting the training job"),
    DOWNLOADING("Downloading", "Downloading the training image"),
    TRAINING("Training", "Training image download completed. Training in progress."),
    INTERRUPTED("Interrupted", "The training job was interrupted because its Spot instance was taken back"),
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
            case STARTING, DOWNLOADING, TRAINING, INTERRUPTED, UPLOADING -> isStopping ? "Stopping" : "InProgress";
        };
    }

    boolean isTerminal() {
        return switch (this) {
            case COMPLETED, FAILED, STOPPED, MAX_RUNTIME_EXCEEDED, MAX_WAIT_TIME_EXCEEDED -> true;
            case STARTING, DOWNLOADING, TRAINING, INTERRUPTED, STOPPING, UPLOADING -> false;
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
