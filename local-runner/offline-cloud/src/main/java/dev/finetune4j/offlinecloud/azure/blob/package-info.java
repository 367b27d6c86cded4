/** Blob storage: Azurite, and a client of it for the services around. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.blob;

import org.jspecify.annotations.NullMarked;
