/** What the user wants: the provider-neutral description of one fine-tuning job, records only. */
@NullMarked
package dev.finetune4j.job;

import org.jspecify.annotations.NullMarked;
