/** Reads the Azure Retail Prices API. */
@NullMarked
package dev.finetune4j.azure.price;

import org.jspecify.annotations.NullMarked;
