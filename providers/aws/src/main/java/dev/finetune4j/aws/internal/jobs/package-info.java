/** SageMaker's training jobs, whoever launches them: found, followed, stopped, fetched and removed, and what can go wrong with them. */
@NullMarked
package dev.finetune4j.aws.internal.jobs;

import org.jspecify.annotations.NullMarked;
