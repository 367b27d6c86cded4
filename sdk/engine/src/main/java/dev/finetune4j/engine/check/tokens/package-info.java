/** What rows are as tokens: how many, what the length limit takes, which tokens are special or unfamiliar. */
@NullMarked
package dev.finetune4j.engine.check.tokens;

import org.jspecify.annotations.NullMarked;
