/**
 * Low-rank adapters apart from any computation: where each factor lies in the flat vector of trainable parameters, how it starts, and
 * how it is written for and read from PEFT.
 */
@NullMarked
package dev.finetune4j.training.model.adapter;

import org.jspecify.annotations.NullMarked;
