package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a CSV or TSV file after RFC 4180: a header line, quotes where a field holds a separator, a quote or a line break, and a
 * doubled quote for a quote. The separator is the one of comma, semicolon, tab and bar that the header has most of. Fields stay
 * the texts that they are: {@code 007} keeps its zeros, an empty field is an empty text. Strict, since a separator that is out of
 * place would teach the model shifted columns.
 */
final class CsvReader implements RowReader {
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');

    private final LineReader lines;
    private final String name;
    private final String shown;
    private final char separator;
    private final List<String> header;
    private long row;

    CsvReader(Path file, String name) throws IOException {
        this.lines = new LineReader(file, name);
        this.name = name;
        this.shown = ShellWord.of(file);
        LineReader.Line first = lines.next();
        if (first == null) {
            this.separator = ',';
            this.header = List.of();
            return;
        }
        if (first.problem() != null) {
            throw first.problem().asException();
        }
        if (lines.hasOldLineEnds()) {
            throw brokenFile(LineReader.OLD_LINE_ENDS, lines.withNewLineEnds());
        }
        this.separator = separator(first.text());
        this.header = header(first);
    }

    /** What stands between its fields. */
    char separator() {
        return separator;
    }

    private static char separator(String header) {
        char best = ',';
        long most = 0;
        for (char candidate : SEPARATORS) {
            long count = header.chars().filter(c -> c == candidate).count();
            if (count > most) {
                most = count;
                best = candidate;
            }
        }
        return best;
    }

    private List<String> header(LineReader.Line first) throws IOException {
        Fields fields = fields(first);
        if (fields.problem != null) {
            throw fields.problem.asException();
        }
        if (fields.reason != null) {
            throw broken(first.number(), fields.reason).asException();
        }
        if (new HashSet<>(fields.values).size() < fields.values.size() || fields.values.contains("")) {
            throw brokenFile(
                    "the header has empty or doubled names: " + String.join(", ", fields.values),
                    "head -n 1 " + shown + "    # each column needs a name of its own");
        }
        return fields.values;
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        LineReader.Line line = lines.next();
        while (line != null && line.problem() == null && line.text().isEmpty()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        row++;
        if (line.problem() != null) {
            return new RawRow.Broken(row, line.problem());
        }
        Fields fields = fields(line);
        if (fields.problem != null) {
            return new RawRow.Broken(row, fields.problem);
        }
        if (fields.reason != null) {
            return new RawRow.Broken(row, broken(line.number(), fields.reason).build());
        }
        if (fields.values.size() != header.size()) {
            String found = "it has " + fields.values.size() + (fields.values.size() == 1 ? " field" : " fields")
                    + ", the header has " + header.size();
            return new RawRow.Broken(row, broken(line.number(), found).build());
        }
        ObjectNode named = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < header.size(); i++) {
            named.put(header.get(i), fields.values.get(i));
        }
        return new RawRow.Read(row, named);
    }

    /** The fields of one record, which may go over several lines, or why they cannot be told apart. */
    private static final class Fields {
        private final List<String> values = new ArrayList<>();
        private @Nullable String reason;
        /** Of a line that cannot be read, which says more than that a quote does not close there. */
        private @Nullable Problem problem;
    }

    private Fields fields(LineReader.Line first) throws IOException {
        Fields fields = new Fields();
        StringBuilder field = new StringBuilder();
        String text = first.text();
        int at = 0;
        long characters = text.length();
        while (true) {
            if (at < text.length() && text.charAt(at) == '"') {
                at++;
                int close = closingQuote(text, at, field);
                while (close < 0) {
                    LineReader.Line next = lines.next();
                    characters += next == null ? 0 : next.text().length() + 1L;
                    if (next != null && next.problem() != null) {
                        fields.problem = next.problem();
                        return fields;
                    }
                    if (next == null || characters > LineReader.MAX_LINE_BYTES) {
                        fields.reason = "a quote that opens here does not close";
                        return fields;
                    }
                    field.append('\n');
                    text = next.text();
                    close = closingQuote(text, 0, field);
                }
                at = close + 1;
            } else {
                int end = text.indexOf(separator, at);
                field.append(text, at, end < 0 ? text.length() : end);
                at = end < 0 ? text.length() : end;
            }
            fields.values.add(field.toString());
            field.setLength(0);
            if (at == text.length()) {
                return fields;
            }
            if (text.charAt(at) != separator) {
                fields.reason = "something stands between a closing quote and the next separator";
                return fields;
            }
            at++;
        }
    }

    /** Appends quoted text up to its closing quote and returns where that is, or -1 if the text ends before. */
    private static int closingQuote(String text, int from, StringBuilder field) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean isQuote = c == '"';
            if (isQuote && (at + 1 == text.length() || text.charAt(at + 1) != '"')) {
                return at;
            }
            field.append(c);
            at += isQuote ? 2 : 1;
        }
        return -1;
    }

    private Problem.Builder broken(long line, String reason) {
        return DataProblems.TABLE_BROKEN
                .error("line " + line + " of " + name + " does not fit the table")
                .at(new Location.InFile(name, line, 0, null))
                .because(reason)
                .remedy("sed -n '" + line + "p' " + shown
                        + "    # shows the line; a quote in a quoted field is doubled");
    }

    private FineTuneException brokenFile(String reason, String remedy) {
        return DataProblems.TABLE_BROKEN
                .error(name + " cannot be read as a table")
                .at(new Location.InFile(name, 1, 0, null))
                .because(reason)
                .remedy(remedy)
                .asException();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
