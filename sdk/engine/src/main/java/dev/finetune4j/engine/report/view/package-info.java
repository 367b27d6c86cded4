/**
 * The report and the comparison of runs as files for people: HTML, Markdown and plain text.
 *
 * <p>All text that comes from a run, its rows above all, is hostile: HTML is built from {@link
 * dev.finetune4j.engine.report.view.Html} alone, whose templates escape every value that is not markup by its type.
 */
@NullMarked
package dev.finetune4j.engine.report.view;

import org.jspecify.annotations.NullMarked;
