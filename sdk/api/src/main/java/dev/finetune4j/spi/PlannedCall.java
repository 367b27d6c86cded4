package dev.finetune4j.spi;

/**
 * A call to a place that would be made, and was not.
 *
 * @param action as the place's permissions name it, such as {@code sagemaker:CreateTrainingJob}
 * @param target what it would write, as the place names it
 * @param content what would be sent: a request as JSON, or in words what files
 */
public record PlannedCall(String action, String target, String content) {}
