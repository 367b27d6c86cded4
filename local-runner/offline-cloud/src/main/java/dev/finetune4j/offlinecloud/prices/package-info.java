/** The price list: what machines for training cost by the hour, and tokens by the thousand. */
@NullMarked
package dev.finetune4j.offlinecloud.prices;

import org.jspecify.annotations.NullMarked;
