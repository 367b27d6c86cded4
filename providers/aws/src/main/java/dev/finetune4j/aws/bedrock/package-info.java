/** Model customization on Bedrock: what it costs, by the token, and how a job is launched once and followed. */
@NullMarked
package dev.finetune4j.aws.bedrock;

import org.jspecify.annotations.NullMarked;
