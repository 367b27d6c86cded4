/** The catalogue of open models that a job can name by a short id, with the facts that a choice needs. */
@NullMarked
package dev.finetune4j.engine.models;

import org.jspecify.annotations.NullMarked;
