/** SageMaker's training jobs. */
@NullMarked
package dev.finetune4j.offlinecloud.sagemaker;

import org.jspecify.annotations.NullMarked;
