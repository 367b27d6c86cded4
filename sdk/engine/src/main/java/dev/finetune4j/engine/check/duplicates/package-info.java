/**
 * Finds texts that are the same or nearly the same, in memory of at most about 600 bytes a row: hashes for equal texts, sketches of
 * word pairs with locality-sensitive hashing for similar ones.
 */
@NullMarked
package dev.finetune4j.engine.check.duplicates;

import org.jspecify.annotations.NullMarked;
