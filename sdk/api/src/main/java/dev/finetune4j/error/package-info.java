/** What went wrong, where, why with numbers, and the one thing to do: problems, their kinds and exit codes. */
@NullMarked
package dev.finetune4j.error;

import org.jspecify.annotations.NullMarked;
