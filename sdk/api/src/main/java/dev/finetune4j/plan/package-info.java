/** What the places sell, at which price, and how far that price is to be believed. */
@NullMarked
package dev.finetune4j.plan;

import org.jspecify.annotations.NullMarked;
