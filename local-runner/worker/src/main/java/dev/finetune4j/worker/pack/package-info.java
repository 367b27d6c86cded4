/** The worker as an archive for containers of clouds, and what such a container starts it with. */
@NullMarked
package dev.finetune4j.worker.pack;

import org.jspecify.annotations.NullMarked;
