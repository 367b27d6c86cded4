/** What can go wrong with a worker process and with launching one on this machine. */
@NullMarked
package dev.finetune4j.worker.problem;

import org.jspecify.annotations.NullMarked;
