package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one file in order, one at a time. */
public interface RowReader extends Closeable {
    /** A row as the file has it. */
    sealed interface RawRow {
        /** The row's number from 1; in a .jsonl file the number of its line. */
        long number();

        /**
         * A row that could be read.
         *
         * @param number row from 1
         * @param fields its fields
         */
        record Read(long number, ObjectNode fields) implements RawRow {}

        /**
         * A row that could not be read.
         *
         * @param number row from 1
         * @param problem why
         */
        record Broken(long number, Problem problem) implements RawRow {}
    }

    /**
     * The next row, or null after the last.
     *
     * @throws IOException if the file breaks off
     * @throws FineTuneException if the file as a whole is unfit, with FT0222, FT0223, FT0220 or FT0231
     */
    @Nullable
    RawRow next() throws IOException;

    /**
     * Opens a file by the ending of its name: .jsonl and .ndjson, .json (an array of objects), .csv, .tsv, .parquet, .txt (a row
     * for each block of lines between blank lines, in the field {@code text}).
     *
     * @param file the file
     * @param name what problems call it
     * @throws FineTuneException with FT0230 if it cannot be opened, FT0225 if its ending is none of these
     */
    static RowReader open(Path file, String name) {
        String lower = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String ending = lower.substring(lower.lastIndexOf('.') + 1);
        try {
            return switch (ending) {
                case "jsonl", "ndjson" -> new JsonLinesReader(file, name);
                case "json" -> new JsonArrayReader(file, name);
                case "csv", "tsv" -> new CsvReader(file, name);
                case "parquet" -> new ParquetReader(file, name);
                case "txt" -> new TextBlockReader(file, name);
                default ->
                    throw DataProblems.FORMAT_UNKNOWN
                            .error("data files end in .jsonl, .json, .csv, .tsv, .parquet or .txt; " + name
                                    + " does not")
                            .at(Location.of(name))
                            .remedy(
                                    ending.equals("gz")
                                            ? "gunzip -k " + ShellWord.of(file)
                                            : "mv " + ShellWord.of(file) + " rows.jsonl    # named after what it holds")
                            .asException();
            };
        } catch (IOException e) {
            throw DataProblems.unreadable(name, ShellWord.of(file), e);
        }
    }
}
