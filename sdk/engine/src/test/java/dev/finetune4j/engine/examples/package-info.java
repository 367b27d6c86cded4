/** The examples of this repository, held to what their descriptions say. */
@NullMarked
package dev.finetune4j.engine.examples;

import org.jspecify.annotations.NullMarked;
