/** Files as DuckDB tables, with every way out of the database closed. */
@NullMarked
package dev.finetune4j.engine.data.table;

import org.jspecify.annotations.NullMarked;
