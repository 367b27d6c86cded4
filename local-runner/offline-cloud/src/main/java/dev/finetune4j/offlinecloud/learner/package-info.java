/** What stands for models that a cloud tunes: it learns by counting, and never has weights. */
@NullMarked
package dev.finetune4j.offlinecloud.learner;

import org.jspecify.annotations.NullMarked;
