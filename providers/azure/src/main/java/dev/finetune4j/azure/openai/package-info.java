/** Models that Azure OpenAI tunes by the token: what a job may be, its launch, and what comes of it. */
@NullMarked
package dev.finetune4j.azure.openai;

import org.jspecify.annotations.NullMarked;
