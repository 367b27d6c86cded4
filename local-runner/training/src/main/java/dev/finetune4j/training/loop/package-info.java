/** The training loop: which rows go into which step, what the step does, and how it goes on after an interruption. */
@NullMarked
package dev.finetune4j.training.loop;

import org.jspecify.annotations.NullMarked;
