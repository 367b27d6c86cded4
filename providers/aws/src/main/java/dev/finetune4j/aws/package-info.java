/** Amazon's places: SageMaker, JumpStart and Bedrock. So far what they sell; they run no jobs yet. */
@NullMarked
package dev.finetune4j.aws;

import org.jspecify.annotations.NullMarked;
