/** Files and folders that are either wholly there or not there at all, also after a crash or a power cut. */
@NullMarked
package dev.finetune4j.training.durable;

import org.jspecify.annotations.NullMarked;
