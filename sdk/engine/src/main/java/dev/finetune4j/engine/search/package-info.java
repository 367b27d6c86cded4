/** Which settings a sweep tries, in which order, and what came of them; trains nothing. */
@NullMarked
package dev.finetune4j.engine.search;

import org.jspecify.annotations.NullMarked;
