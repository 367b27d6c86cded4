/**
 * What is wrong with the rows of a data set, found before anything is trained: broken rows, labels, duplicates, leakage, length
 * in tokens, secrets and personal data. The result is a {@link dev.finetune4j.engine.check.DatasetCheckReport}.
 */
@NullMarked
package dev.finetune4j.engine.check;

import org.jspecify.annotations.NullMarked;
