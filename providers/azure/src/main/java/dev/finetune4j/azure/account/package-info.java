/** Subscriptions of Azure's: what jobs need there is made, once and by who administers them. */
@NullMarked
package dev.finetune4j.azure.account;

import org.jspecify.annotations.NullMarked;
