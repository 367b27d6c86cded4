/** Which model is meant and where its files lie. */
@NullMarked
package dev.finetune4j.model;

import org.jspecify.annotations.NullMarked;
