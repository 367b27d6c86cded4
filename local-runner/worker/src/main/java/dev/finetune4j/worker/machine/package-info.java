/** What the worker learns of the machine it runs on: memory, cores, out-of-memory kills. */
@NullMarked
package dev.finetune4j.worker.machine;

import org.jspecify.annotations.NullMarked;
