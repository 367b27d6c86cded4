/** Azure OpenAI, as far as it tunes models and deploys what it tuned. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.openai;

import org.jspecify.annotations.NullMarked;
