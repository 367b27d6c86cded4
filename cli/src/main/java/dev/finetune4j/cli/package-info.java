/** The command line: one class per command, each thin over the engine. */
@NullMarked
package dev.finetune4j.cli;

import org.jspecify.annotations.NullMarked;
