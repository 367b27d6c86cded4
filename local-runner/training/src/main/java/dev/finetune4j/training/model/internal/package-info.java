/**
 * The way down to libtorch: TorchScript source that Java packs into an archive, and one call for each training step. Every type of
 * the native library stays behind this package.
 */
@NullMarked
package dev.finetune4j.training.model.internal;

import org.jspecify.annotations.NullMarked;
