/** Who calls: tokens of Microsoft Entra ID. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.entra;

import org.jspecify.annotations.NullMarked;
