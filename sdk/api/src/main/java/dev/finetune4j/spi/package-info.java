/** What a place that runs jobs, and a reader of model text, must offer. Implementations are found with ServiceLoader. */
@NullMarked
package dev.finetune4j.spi;

import org.jspecify.annotations.NullMarked;
