/** IAM: roles of the account, and what policies allow. */
@NullMarked
package dev.finetune4j.offlinecloud.iam;

import org.jspecify.annotations.NullMarked;
