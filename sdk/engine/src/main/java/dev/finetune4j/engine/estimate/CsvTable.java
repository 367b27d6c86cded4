package dev.finetune4j.engine.estimate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A small comma-separated table (RFC 4180) whose first line names the columns.
 *
 * @param columns their names, in lower case
 * @param rows the lines below; a line with fewer fields than columns lacks the last ones
 */
public record CsvTable(List<String> columns, List<Row> rows) {
    /** A decimal number: not the {@code NaN}, {@code 0x1p4} and {@code 16f} that Java reads too. */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:(?:[1-9]\\d{0,2}(?:,\\d{3})+|\\d+)(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");

    /**
     * A line of the table.
     *
     * @param line its number in the file
     * @param fields its fields by column
     * @param width how many fields it has: with more than there are columns, it does not say which of them stand where
     */
    public record Row(int line, Map<String, String> fields, int width) {
        /** The field of a column, without blanks around it; empty if there is none. */
        public String text(String column) {
            return fields.getOrDefault(column, "").strip();
        }

        /**
         * The number in a column, thousands separated by commas or not; empty if the field is.
         *
         * @throws NumberFormatException if the field holds something else; it names the column
         */
        public OptionalDouble number(String column) {
            String text = text(column);
            if (text.isEmpty()) {
                return OptionalDouble.empty();
            }
            if (!NUMBER.matcher(text).matches()) {
                throw new NumberFormatException(column + " \"" + text + "\" is no number"
                        + (text.contains(",") ? ": a comma only separates thousands" : ""));
            }
            return OptionalDouble.of(Double.parseDouble(text.replace(",", "")));
        }
    }

    /** Reads a table that lies beside a class. */
    public static CsvTable ofResource(Class<?> beside, String name) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a table, with lines that end as on any system.
     *
     * @throws IllegalArgumentException if two columns have one name, or a quote is never closed; it says which
     */
    public static CsvTable of(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        Reader reader = new Reader(plain.replace("\r\n", "\n").replace('\r', '\n'));
        List<String> columns = reader.record().stream()
                .map(column -> column.strip().toLowerCase(Locale.ROOT))
                .toList();
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            if (!column.isEmpty() && !seen.add(column)) {
                throw new IllegalArgumentException("it has the column " + column + " twice");
            }
        }
        List<Row> rows = new ArrayList<>();
        while (!reader.isAtEnd()) {
            int line = reader.line;
            List<String> fields = reader.record();
            if (fields.size() == 1 && fields.get(0).isBlank()) {
                continue;
            }
            Map<String, String> byColumn = new HashMap<>();
            for (int i = 0; i < Math.min(columns.size(), fields.size()); i++) {
                byColumn.put(columns.get(i), fields.get(i));
            }
            rows.add(new Row(line, byColumn, fields.size()));
        }
        return new CsvTable(columns, rows);
    }

    private static final class Reader {
        private final String text;
        private int at;
        private int line = 1;

        private Reader(String text) {
            this.text = text;
        }

        private boolean isAtEnd() {
            return at >= text.length();
        }

        private List<String> record() {
            List<String> fields = new ArrayList<>();
            StringBuilder field = new StringBuilder();
            boolean isQuoted = false;
            int quoteLine = line;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '\n') {
                    line++;
                }
                if (isQuoted) {
                    if (c != '"') {
                        field.append(c);
                    } else if (at < text.length() && text.charAt(at) == '"') {
                        field.append('"');
                        at++;
                    } else {
                        isQuoted = false;
                    }
                } else if (c == '"' && field.isEmpty()) {
                    isQuoted = true;
                    quoteLine = line;
                } else if (c == ',') {
                    fields.add(field.toString());
                    field.setLength(0);
                } else if (c == '\n') {
                    break;
                } else {
                    field.append(c);
                }
            }
            if (isQuoted) {
                throw new IllegalArgumentException("the quote that begins in line " + quoteLine + " is never closed");
            }
            fields.add(field.toString());
            return fields;
        }
    }
}
