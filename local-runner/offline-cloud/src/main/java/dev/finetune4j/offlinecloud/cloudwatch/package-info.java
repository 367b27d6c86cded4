/** CloudWatch: the curves of what jobs print. */
@NullMarked
package dev.finetune4j.offlinecloud.cloudwatch;

import org.jspecify.annotations.NullMarked;
