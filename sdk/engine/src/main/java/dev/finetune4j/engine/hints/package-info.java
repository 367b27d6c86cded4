/** What others choose for settings that a job leaves open, each with its source. */
@NullMarked
package dev.finetune4j.engine.hints;

import org.jspecify.annotations.NullMarked;
