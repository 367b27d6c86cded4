/**
 * Hostile input by machine. A {@link dev.finetune4j.testkit.fuzz.ParserTarget} hands bytes to one parser; a subclass of {@link
 * dev.finetune4j.testkit.fuzz.ParserFuzzTest} reads the kept inputs in every build and looks for new ones with Jazzer in the profile
 * {@code fuzz}.
 */
@NullMarked
package dev.finetune4j.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
