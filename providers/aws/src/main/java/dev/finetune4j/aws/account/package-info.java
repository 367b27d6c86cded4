/** Whether an account of Amazon's is ready for jobs. */
@NullMarked
package dev.finetune4j.aws.account;

import org.jspecify.annotations.NullMarked;
