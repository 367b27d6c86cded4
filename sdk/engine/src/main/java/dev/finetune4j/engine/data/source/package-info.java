/** Fetches the files that a job names: from disk, by https, or out of a package through that ecosystem's own client. */
@NullMarked
package dev.finetune4j.engine.data.source;

import org.jspecify.annotations.NullMarked;
