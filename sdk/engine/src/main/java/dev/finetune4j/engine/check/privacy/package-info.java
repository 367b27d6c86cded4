/**
 * Finds secrets and personal data in texts: a keyword automaton picks the places, small matchers of bounded reach look at them,
 * checksums and entropy decide. Findings are spans and rule names, never values.
 */
@NullMarked
package dev.finetune4j.engine.check.privacy;

import org.jspecify.annotations.NullMarked;
