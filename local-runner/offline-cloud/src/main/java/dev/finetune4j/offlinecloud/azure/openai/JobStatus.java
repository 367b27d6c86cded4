package dev.finetune4j.offlinecloud.azure.openai;

import java.util.Locale;

/** Where a job is in its life. */
enum JobStatus {
    /** Its files are looked at, which OpenAI calls {@code validating_files}. */
    PENDING,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** As the service writes it. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isTerminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
