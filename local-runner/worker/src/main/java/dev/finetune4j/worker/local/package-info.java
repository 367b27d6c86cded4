/** The place {@code local}: launches the worker as a process of its own on this machine and follows it through its folder. */
@NullMarked
package dev.finetune4j.worker.local;

import org.jspecify.annotations.NullMarked;
