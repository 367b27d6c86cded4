/** What the tensors of an encoder are called, and which a file must hold. */
@NullMarked
package dev.finetune4j.modelfiles.encoder;

import org.jspecify.annotations.NullMarked;
