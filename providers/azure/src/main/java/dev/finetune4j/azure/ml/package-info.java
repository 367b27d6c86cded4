/** Azure Machine Learning: what it lets, machines by the hour at the price of the bare machine, and the command jobs that run on them. */
@NullMarked
package dev.finetune4j.azure.ml;

import org.jspecify.annotations.NullMarked;
