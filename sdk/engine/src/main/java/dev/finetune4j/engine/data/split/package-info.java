/** Deals rows out to training, validation and test: by share, by label, by group, from a seed. */
@NullMarked
package dev.finetune4j.engine.data.split;

import org.jspecify.annotations.NullMarked;
