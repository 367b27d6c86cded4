package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows come from: a file, or an SQL query over named sources.
 *
 * @param file a JSONL, CSV or Parquet file, or any address that a source may have; null where a query is given
 * @param format the row format's name, or {@code auto} to detect it
 * @param sources the sources that the query sees, by table name
 * @param query the SQL text, or the path of a {@code .sql} file beside the job; null where a file is given
 * @param split how rows become training, validation and test rows
 */
@Describe("Where the rows come from.")
public record DataSpec(
        @Describe(
                value = "A JSONL, CSV or Parquet file; or https://..., pypi:... or maven:... .",
                example = "rows.jsonl")
        @Nullable
        String file,

        @Describe(
                "Row format: auto, openai-chat, openai-preference, bedrock-prompt-completion, bedrock-converse, jumpstart, alpaca, sharegpt, text or columns.")
        String format,

        @Describe("The files that the query sees, by table name.")
        Map<String, SourceSpec> sources,

        @Describe(
                value = "SQL over the sources (DuckDB), or the path of a .sql file beside the job.",
                example = "rows.sql")
        @Nullable
        String query,

        @Describe("How rows become training, validation and test rows.")
        SplitSpec split) {
    /** The format that is detected from the rows. */
    public static final String AUTO_FORMAT = "auto";

    /** Every name of a row format, the default first. */
    public static final List<String> FORMATS = List.of(
            AUTO_FORMAT,
            "openai-chat",
            "openai-preference",
            "bedrock-prompt-completion",
            "bedrock-converse",
            "jumpstart",
            "alpaca",
            "sharegpt",
            "text",
            "columns");

    /** Copies the sources in their order; refuses both or neither of file and query. */
    public DataSpec {
        Checks.nullOrNotBlank("data.file", file);
        Checks.notBlank("data.format", format);
        Checks.nullOrNotBlank("data.query", query);
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        if ((file == null) == (query == null)) {
            throw new IllegalArgumentException(
                    "data must have either file or query, had " + (file == null ? "neither" : "both"));
        }
        if (query != null && sources.isEmpty()) {
            throw new IllegalArgumentException("data.query needs data.sources");
        }
    }

    /** Rows of a file, format detected, default split. */
    public static DataSpec ofFile(String file) {
        return new DataSpec(file, AUTO_FORMAT, Map.of(), null, SplitSpec.defaults());
    }

    /** Rows of a query over sources, default split. */
    public static DataSpec ofQuery(String query, Map<String, SourceSpec> sources) {
        return new DataSpec(null, AUTO_FORMAT, sources, query, SplitSpec.defaults());
    }

    /** The same rows, split another way. */
    public DataSpec withSplit(SplitSpec otherSplit) {
        return new DataSpec(file, format, sources, query, otherSplit);
    }

    /** The same rows in a named format. */
    public DataSpec withFormat(String name) {
        return new DataSpec(file, name, sources, query, split);
    }
}
