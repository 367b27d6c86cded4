/** Microsoft's places: Azure Machine Learning and Azure OpenAI. So far what they sell; they run no jobs yet. */
@NullMarked
package dev.finetune4j.azure;

import org.jspecify.annotations.NullMarked;
