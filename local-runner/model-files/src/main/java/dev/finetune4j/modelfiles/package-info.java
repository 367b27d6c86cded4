/**
 * Model files without torch: weights, configuration, chat template and tokenizer of a base model, read as hostile input. The
 * problems that all of it can report stand in {@link dev.finetune4j.modelfiles.ModelFilesProblems}.
 */
@NullMarked
package dev.finetune4j.modelfiles;

import org.jspecify.annotations.NullMarked;
