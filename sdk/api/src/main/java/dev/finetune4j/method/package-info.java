/** How weights are tuned: one record per tuning method. */
@NullMarked
package dev.finetune4j.method;

import org.jspecify.annotations.NullMarked;
