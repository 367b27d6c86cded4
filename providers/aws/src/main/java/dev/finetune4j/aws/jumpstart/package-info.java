/** SageMaker JumpStart: models of its hub, tuned by the hub's own scripts on SageMaker's machines. */
@NullMarked
package dev.finetune4j.aws.jumpstart;

import org.jspecify.annotations.NullMarked;
