package dev.finetune4j.training.predict;

/**
 * One row as the model is asked.
 *
 * @param tokenIds tokens up to where the answer starts
 * @param referenceIds tokens of the right answer, end of turn included, cut as in training
 */
@SuppressWarnings("ArrayRecordComponent") // made fresh for the caller
record RowPrompt(int[] tokenIds, int[] referenceIds) {}
