/**
 * How much memory a training run needs and how fast it goes, before it is started: {@link
 * dev.finetune4j.engine.estimate.MemoryModel} and {@link dev.finetune4j.engine.estimate.SpeedModel} say both as ranges for an
 * {@link dev.finetune4j.engine.estimate.Architecture}, a {@link dev.finetune4j.engine.estimate.TrainingSetup} and a {@link
 * dev.finetune4j.engine.estimate.Gpu}.
 *
 * <p>Letters: L layers, C width, F inner width of the feed-forward layer, H query heads, K key-value heads, D width of a head,
 * V vocabulary, P parameters, B rows of a micro-batch, T tokens. Memory is in bytes inside the models and in GiB (2^30) outside.
 */
@NullMarked
package dev.finetune4j.engine.estimate;

import org.jspecify.annotations.NullMarked;
