package dev.finetune4j.engine.data.table;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of file that DuckDB reads as a table, by the ending of the name. */
public enum TableFile {
    /** One JSON value, or several one after the other. */
    JSON("json"),
    /** One JSON object a line. */
    JSON_LINES("jsonl ndjson"),
    /** Fields between commas, semicolons or whatever the file uses, with a header line. */
    CSV("csv"),
    /** Fields between tabs, with a header line. */
    TSV("tsv"),
    /** Apache Parquet. */
    PARQUET("parquet"),
    /** Plain text: one row with the columns {@code filename} and {@code content}. */
    TEXT("txt md");

    private static final long LINE_BYTES = 16L << 20;

    /** Largest JSON value that is not a line: DuckDB keeps twice as much for each thread. */
    private static final long MAX_JSON_BYTES = 128L << 20;

    private final String endings;

    TableFile(String endings) {
        this.endings = endings;
    }

    /** The kind of a file name, if its ending is known; {@code .gz} after the ending of a text kind is allowed. */
    public static Optional<TableFile> of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        boolean packed = name.endsWith(".gz");
        String plain = packed ? name.substring(0, name.length() - 3) : name;
        String ending = plain.substring(plain.lastIndexOf('.') + 1);
        for (TableFile kind : values()) {
            if (List.of(kind.endings.split(" ")).contains(ending) && !(packed && (kind == PARQUET || kind == TEXT))) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The SQL that reads files of this kind as one table, types found by DuckDB. */
    public String read(List<Path> files) {
        String list = literals(files);
        return switch (this) {
            case JSON -> "read_json(" + list + ", maximum_object_size = " + largestValue(files) + ")";
            case JSON_LINES ->
                "read_json(" + list + ", format = 'newline_delimited', maximum_object_size = " + LINE_BYTES + ")";
            case CSV -> "read_csv(" + list + ", header = true)";
            case TSV -> "read_csv(" + list + ", header = true, delim = '\\t')";
            case PARQUET -> "read_parquet(" + list + ")";
            case TEXT -> "read_text(" + list + ")";
        };
    }

    /** A .json file may be a single value; how large a packed one is shows only when it is unpacked. */
    private static long largestValue(List<Path> files) {
        long largest = LINE_BYTES;
        for (Path file : files) {
            boolean isPacked = file.toString().endsWith(".gz");
            largest =
                    Math.max(largest, isPacked ? MAX_JSON_BYTES : file.toFile().length() + 1);
        }
        return Math.min(largest, MAX_JSON_BYTES);
    }

    private static String literals(List<Path> files) {
        return files.stream()
                .map(file -> DuckDb.text(withoutPattern(file.toString())))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Keeps DuckDB from taking characters of a file name for a pattern. */
    private static String withoutPattern(String path) {
        return path.replaceAll("[*?\\[]", "[$0]");
    }
}
