/** The door of finetune4j: {@link dev.finetune4j.engine.FineTuner}. What lies behind it is in the packages below. */
@NullMarked
package dev.finetune4j.engine;

import org.jspecify.annotations.NullMarked;
