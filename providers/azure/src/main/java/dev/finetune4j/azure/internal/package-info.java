/** How Microsoft's clouds are reached: which cloud, whose credentials, how often a call is tried. */
@NullMarked
package dev.finetune4j.azure.internal;

import org.jspecify.annotations.NullMarked;
