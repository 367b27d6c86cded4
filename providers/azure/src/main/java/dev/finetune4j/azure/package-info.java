/** Microsoft's places: Azure Machine Learning and Azure OpenAI. What both sell; Azure ML runs jobs, Azure OpenAI none yet. */
@NullMarked
package dev.finetune4j.azure;

import org.jspecify.annotations.NullMarked;
