/** What Azure Machine Learning lets: machines by the hour, at the price of the bare machine. */
@NullMarked
package dev.finetune4j.azure.ml;

import org.jspecify.annotations.NullMarked;
