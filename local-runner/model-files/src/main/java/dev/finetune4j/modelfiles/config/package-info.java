/** Which files a model has, and what its configuration says: architecture, sizes, rotary embedding, special tokens. */
@NullMarked
package dev.finetune4j.modelfiles.config;

import org.jspecify.annotations.NullMarked;
