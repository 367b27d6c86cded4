/** Files of jobs in Azure's blob storage: each content once, and none of them out of its folder. */
@NullMarked
package dev.finetune4j.azure.blob;

import org.jspecify.annotations.NullMarked;
