/** A workspace of Azure Machine Learning: its jobs, what they run on, and what they leave. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.ml;

import org.jspecify.annotations.NullMarked;
