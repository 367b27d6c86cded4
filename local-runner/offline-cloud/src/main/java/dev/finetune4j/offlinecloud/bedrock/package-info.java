/** Amazon Bedrock's model customization jobs and the models that come of them, in this process. */
@NullMarked
package dev.finetune4j.offlinecloud.bedrock;

import org.jspecify.annotations.NullMarked;
