/** What a tuned model answered when a team last looked at it, and how a newer one compares, row by row. */
@NullMarked
package dev.finetune4j.junit.baseline;

import org.jspecify.annotations.NullMarked;
