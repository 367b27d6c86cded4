package dev.finetune4j.offlinecloud.bedrock;

/** Where a job or one of its parts stands; the names that the service gives are those of the constants. */
enum JobStatus {
    NOT_STARTED("NotStarted"),
    IN_PROGRESS("InProgress"),
    COMPLETED("Completed"),
    FAILED("Failed"),
    STOPPING("Stopping"),
    STOPPED("Stopped");

    private final String wireName;

    JobStatus(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == STOPPED;
    }
}
