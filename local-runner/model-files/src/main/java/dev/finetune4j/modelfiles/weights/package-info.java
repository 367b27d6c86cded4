/**
 * Weight files: which tensors there are, where their bytes lie, and how bytes become floats. Safetensors (one file or shards) and
 * GGUF are read; safetensors are written. Nothing is trusted: every count, length and offset is checked against the file's size
 * before anything is allocated for it.
 */
@NullMarked
package dev.finetune4j.modelfiles.weights;

import org.jspecify.annotations.NullMarked;
