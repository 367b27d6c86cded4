package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.learner.AnswerCounter;

/**
 * What came of a job.
 *
 * @param name {@code BASE.ft-HEX} with the suffix that the job asked for
 * @param base what was tuned in the first place
 * @param answers what answers once it is deployed
 */
record TunedModel(String name, TunableModels.BaseModel base, AnswerCounter answers) {}
