package dev.finetune4j.offlinecloud.learner;

/**
 * What is said to a model, and what it is to say.
 *
 * @param question all that the user says
 * @param answer all that the assistant says
 */
public record Exchange(String question, String answer) {}
