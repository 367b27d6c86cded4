/** The address at which programs in any language let an offline cloud go wrong. */
@NullMarked
package dev.finetune4j.offlinecloud.control;

import org.jspecify.annotations.NullMarked;
