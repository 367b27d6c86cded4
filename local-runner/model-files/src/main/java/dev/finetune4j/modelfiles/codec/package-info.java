/**
 * The text side of a model: rows to tokens and back, with the mask that says which tokens are trained. Three promises, each tested:
 * exactly the assistant's contents with their end of turn are trained; the tokens of a prompt and of its answer, put together, are the
 * tokens of the row; and nothing in a row's content becomes a special token or a piece of template.
 */
@NullMarked
package dev.finetune4j.modelfiles.codec;

import org.jspecify.annotations.NullMarked;
