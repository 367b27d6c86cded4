/**
 * What is wrong with the rows of a data set, found before anything is trained: broken rows, labels, duplicates, leakage, length
 * in tokens, secrets and personal data. {@link dev.finetune4j.engine.check.DatasetCheck} is the door.
 */
@NullMarked
package dev.finetune4j.engine.check;

import org.jspecify.annotations.NullMarked;
