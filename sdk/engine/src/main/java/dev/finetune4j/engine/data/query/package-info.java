/** SQL over named sources, and over nothing else. */
@NullMarked
package dev.finetune4j.engine.data.query;

import org.jspecify.annotations.NullMarked;
