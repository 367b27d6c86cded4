/**
 * What tests of finetune4j and of its providers share: a virtual clock, a fake place that runs jobs by a script, golden files and a
 * search for leaked secrets. The contract that every provider passes is in {@link dev.finetune4j.testkit.contract}.
 */
@NullMarked
package dev.finetune4j.testkit;

import org.jspecify.annotations.NullMarked;
