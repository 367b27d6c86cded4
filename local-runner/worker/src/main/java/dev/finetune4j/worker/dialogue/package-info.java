/** A dialogue with a worker: one line of JSON each way over its standard input and output. */
@NullMarked
package dev.finetune4j.worker.dialogue;

import org.jspecify.annotations.NullMarked;
