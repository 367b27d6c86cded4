/** Brings base models onto this machine and keeps them: from the hub, from packages, from a folder or a file. */
@NullMarked
package dev.finetune4j.engine.store;

import org.jspecify.annotations.NullMarked;
