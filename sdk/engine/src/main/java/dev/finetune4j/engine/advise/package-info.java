/**
 * Says whether a task calls for prompts, retrieval, fine-tuning or a model of one's own, and which base models suit. The rules are data: {@code
 * approaches.json} and {@code base-models.json} beside this package hold them, each with its source or the word judgement.
 */
@NullMarked
package dev.finetune4j.engine.advise;

import org.jspecify.annotations.NullMarked;
