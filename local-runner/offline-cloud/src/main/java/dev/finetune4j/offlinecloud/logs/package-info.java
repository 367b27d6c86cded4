/** CloudWatch Logs, as far as it lets the logs of jobs be read. */
@NullMarked
package dev.finetune4j.offlinecloud.logs;

import org.jspecify.annotations.NullMarked;
