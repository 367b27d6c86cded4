/** What SageMaker Training and JumpStart let: machines by the hour. */
@NullMarked
package dev.finetune4j.aws.sagemaker;

import org.jspecify.annotations.NullMarked;
