/** Service Quotas: how many machines of which type the account may run at once. */
@NullMarked
package dev.finetune4j.offlinecloud.quotas;

import org.jspecify.annotations.NullMarked;
