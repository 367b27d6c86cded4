package dev.finetune4j.offlinecloud.bedrock;

/**
 * What is said to a model, and what it is to say.
 *
 * @param question all that the user says
 * @param answer all that the assistant says
 */
record Exchange(String question, String answer) {}
