package dev.finetune4j.offlinecloud.azure.ml;

/**
 * Why a job failed, as run history tells it.
 *
 * @param code {@code UserError} or {@code ServiceError}
 * @param inner the code below it, empty if there is none
 * @param message for people
 */
record JobError(String code, String inner, String message) {
    static JobError user(String message) {
        return new JobError("UserError", "", message);
    }
}
