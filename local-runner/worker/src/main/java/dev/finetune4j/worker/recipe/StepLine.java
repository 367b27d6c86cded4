package dev.finetune4j.worker.recipe;

import java.util.List;

/**
 * One optimizer step.
 *
 * @param step step from 1
 * @param learningRate of this step
 * @param epoch passes over the rows that are done after it, as a fraction
 * @param validate whether the validation loss is taken after it, where there are validation rows
 * @param rows the training rows of each micro-batch
 */
public record StepLine(int step, double learningRate, double epoch, boolean validate, List<int[]> rows) {
    /** Copies the list. */
    public StepLine {
        rows = List.copyOf(rows);
    }
}
