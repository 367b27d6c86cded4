package dev.finetune4j.offlinecloud.azure.ml;

/** Where a job is in its life. */
enum JobStatus {
    NOT_STARTED("NotStarted"),
    PREPARING("Preparing"),
    QUEUED("Queued"),
    PROVISIONING("Provisioning"),
    RUNNING("Running"),
    FINALIZING("Finalizing"),
    CANCEL_REQUESTED("CancelRequested"),
    COMPLETED("Completed"),
    FAILED("Failed"),
    CANCELED("Canceled");

    private final String wireName;

    JobStatus(String wireName) {
        this.wireName = wireName;
    }

    /** As the service writes it. */
    String wireName() {
        return wireName;
    }

    boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELED;
    }

    /** Whether the job has machines. */
    boolean hasMachines() {
        return this == PROVISIONING || this == RUNNING || this == FINALIZING;
    }
}
