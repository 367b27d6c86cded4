/** How Azure's services put operations, answers and errors into HTTP. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.rest;

import org.jspecify.annotations.NullMarked;
