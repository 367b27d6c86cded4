/** What is left of a test class for its readers: JUnit XML for the CI, Markdown for a pull request. */
@NullMarked
package dev.finetune4j.junit.summary;

import org.jspecify.annotations.NullMarked;
