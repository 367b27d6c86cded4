/** What can go wrong while rows are read, a model is trained and held-out rows are answered. */
@NullMarked
package dev.finetune4j.training.problem;

import org.jspecify.annotations.NullMarked;
