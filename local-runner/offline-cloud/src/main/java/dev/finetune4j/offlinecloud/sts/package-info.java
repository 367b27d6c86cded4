/** STS: who is calling, and sessions as roles of the account. */
@NullMarked
package dev.finetune4j.offlinecloud.sts;

import org.jspecify.annotations.NullMarked;
