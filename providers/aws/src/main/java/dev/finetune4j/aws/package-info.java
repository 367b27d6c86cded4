/** Amazon's places: SageMaker, JumpStart and Bedrock. What they sell, and the jobs that they run. */
@NullMarked
package dev.finetune4j.aws;

import org.jspecify.annotations.NullMarked;
