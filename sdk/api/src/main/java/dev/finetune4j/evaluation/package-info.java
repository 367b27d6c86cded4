/** Whether tuning pays: predictions, metrics with intervals, paired comparison and the gate. */
@NullMarked
package dev.finetune4j.evaluation;

import org.jspecify.annotations.NullMarked;
