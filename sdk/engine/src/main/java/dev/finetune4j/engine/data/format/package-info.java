/** Rows of files become examples: readers for each kind of file, recognition of the row format, and one mapper a format. */
@NullMarked
package dev.finetune4j.engine.data.format;

import org.jspecify.annotations.NullMarked;
