/** All that a report says of a run, as records: what was asked, what happened, what came of it, and where it came from. */
@NullMarked
package dev.finetune4j.engine.report;

import org.jspecify.annotations.NullMarked;
