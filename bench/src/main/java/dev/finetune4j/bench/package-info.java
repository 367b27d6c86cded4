/** Measures the training core beside the libraries that Python users have, in one run, as ratios. */
@NullMarked
package dev.finetune4j.bench;

import org.jspecify.annotations.NullMarked;
