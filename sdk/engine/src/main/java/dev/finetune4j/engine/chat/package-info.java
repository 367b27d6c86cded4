/** A conversation with the models of a run. */
@NullMarked
package dev.finetune4j.engine.chat;

import org.jspecify.annotations.NullMarked;
