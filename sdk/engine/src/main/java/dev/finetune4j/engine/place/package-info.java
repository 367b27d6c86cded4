/** What can go wrong with the place of a run, whoever asks it: journal, watch or launch. */
@NullMarked
package dev.finetune4j.engine.place;

import org.jspecify.annotations.NullMarked;
