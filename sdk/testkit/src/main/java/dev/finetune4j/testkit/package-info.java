/**
 * What tests of finetune4j and of its providers share: a virtual clock, a fake place that runs jobs by a script, golden files, a
 * search for leaked secrets, and Python packages to compare with. The contract that every provider passes is in {@link dev.finetune4j.testkit.contract}.
 */
@NullMarked
package dev.finetune4j.testkit;

import org.jspecify.annotations.NullMarked;
