/** Starts the clouds of this module for whoever finds them with ServiceLoader, such as the command line. */
@NullMarked
package dev.finetune4j.offlinecloud.player;

import org.jspecify.annotations.NullMarked;
