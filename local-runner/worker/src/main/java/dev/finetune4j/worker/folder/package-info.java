/** The folder of one job: what lies where, and how both sides read and write it safely. */
@NullMarked
package dev.finetune4j.worker.folder;

import org.jspecify.annotations.NullMarked;
