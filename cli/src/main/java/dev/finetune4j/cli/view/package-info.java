/** What the command line prints: tables, problems, the live line; the only place that writes to the terminal. */
@NullMarked
package dev.finetune4j.cli.view;

import org.jspecify.annotations.NullMarked;
