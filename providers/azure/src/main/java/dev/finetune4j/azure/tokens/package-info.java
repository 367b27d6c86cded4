/** What Azure OpenAI and the serverless models ask for tuning: by the token. */
@NullMarked
package dev.finetune4j.azure.tokens;

import org.jspecify.annotations.NullMarked;
