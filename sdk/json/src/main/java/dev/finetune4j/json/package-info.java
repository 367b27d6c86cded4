/** The one JSON form of the API records, shared by engine, worker and providers. */
@NullMarked
package dev.finetune4j.json;

import org.jspecify.annotations.NullMarked;
