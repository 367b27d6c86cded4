/** Takes a job's data section to prepared rows: fetch, query, read, split, write. */
@NullMarked
package dev.finetune4j.engine.data.prepare;

import org.jspecify.annotations.NullMarked;
