/** What the clients of Amazon's services share. Not for use outside this module. */
@NullMarked
package dev.finetune4j.aws.internal;

import org.jspecify.annotations.NullMarked;
