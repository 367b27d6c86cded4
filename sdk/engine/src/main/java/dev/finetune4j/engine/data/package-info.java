/**
 * From addresses to prepared rows. This package holds what all steps share; {@code source} fetches files, {@code query} runs
 * SQL over them, {@code format} turns rows into examples, {@code split} deals them out, and {@code prepare} puts the steps in
 * their order.
 */
@NullMarked
package dev.finetune4j.engine.data;

import org.jspecify.annotations.NullMarked;
