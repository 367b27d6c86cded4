/** What Bedrock asks for tuning its models: by the token. */
@NullMarked
package dev.finetune4j.aws.bedrock;

import org.jspecify.annotations.NullMarked;
