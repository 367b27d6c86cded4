package dev.finetune4j.offlinecloud.bedrock;

/** Data that the service does not train on, with the words with which the job fails. */
final class DataRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    DataRefusal(String message) {
        super(message);
    }
}
