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
 *
 * <p>A quoted field goes on over lines to the next quote that is not doubled. If a separator or the end of the line follows that
 * quote, the field ends there, even where the quote that opened it was one too many. If something else follows, the row is broken.
 * It ends with the line that opened the field where it has the header's number of fields up to there, that quote counted as any
 * other character: the lines after it are read as rows, also those of a cell, as mostly happens in the last column. Elsewhere all
 * lines up to that quote are the broken row. A quote that no later one closes breaks its line alone.
 */
final class CsvReader implements RowReader {
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');

    private final RepeatableLines lines;
    private final String name;
    private final String shown;
    private final char separator;
    private final List<String> header;
    private long row;

    CsvReader(Path file, String name) throws IOException {
        LineReader opened = new LineReader(file, name);
        this.lines = new RepeatableLines(opened);
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
        if (opened.hasOldLineEnds()) {
            throw brokenFile(LineReader.OLD_LINE_ENDS, opened.withNewLineEnds());
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
        Fields fields = fields(first, Integer.MAX_VALUE);
        if (fields.problem != null) {
            throw fields.problem.asException();
        }
        if (fields.reason != null) {
            throw broken(first.number(), fields.lastLine, fields.reason).asException();
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
        Fields fields = fields(line, header.size());
        if (fields.problem != null) {
            return new RawRow.Broken(row, fields.problem);
        }
        if (fields.reason == null && fields.values.size() != header.size()) {
            fields.reason = "it has " + fields.values.size() + (fields.values.size() == 1 ? " field" : " fields")
                    + ", the header has " + header.size();
        }
        if (fields.reason != null) {
            return new RawRow.Broken(
                    row, broken(line.number(), fields.lastLine, fields.reason).build());
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
        private final long firstLine;
        /** The last line that counts as the record's; what follows is read as the next one. */
        private long lastLine;
        /** Where the last field of several lines begins; 0 without one. */
        private long openedIn;
        /** Whether the record up to that line has the header's fields with the quote that opens there as any other character. */
        private boolean isStray;

        private boolean endsWhereOpened;
        private @Nullable String reason;
        /** Of a line that cannot be read, which says more than that a quote does not close there. */
        private @Nullable Problem problem;

        private Fields(long firstLine) {
            this.firstLine = firstLine;
            this.lastLine = firstLine;
        }

        /** Breaks the record at the line where its last field of several lines begins. */
        private void breakWhereOpened(String where) {
            reason = "a quote that opens " + (openedIn == firstLine ? "here" : "in line " + openedIn)
                    + " does not close" + where;
            lastLine = openedIn;
            endsWhereOpened = true;
        }
    }

    /**
     * Reads a record. Where a quote in it is one too many, the lines after the one where it opened are read again as rows of their
     * own: it shall not take them along. That costs each line one more reading, not one for each quote: a line that was gone
     * through to the end without a closing quote has doubled quotes only, none that opens a field of several lines.
     *
     * @param most fields of several lines that it may have: where quotes stand in the wrong places, each line ends a field and
     *     begins another, and the record would go on to the end of the file
     */
    private Fields fields(LineReader.Line first, int most) throws IOException {
        Fields fields = new Fields(first.number());
        split(first.text(), most, fields);
        if (fields.endsWhereOpened) {
            lines.back();
        } else {
            lines.forget();
        }
        return fields;
    }

    private void split(String first, int most, Fields fields) throws IOException {
        StringBuilder field = new StringBuilder();
        String text = first;
        int at = 0;
        long characters = text.length();
        int continued = 0;
        while (true) {
            if (at < text.length() && text.charAt(at) == '"') {
                int close = closingQuote(text, at + 1, field);
                if (close < 0) {
                    continued++;
                    if (continued > most) {
                        fields.reason = "more quoted fields go over several lines than the header has fields";
                        return;
                    }
                    fields.openedIn = fields.lastLine;
                    fields.isStray = fields.values.size() + separators(text, at) + 1 == most;
                    Rest rest = rest(fields, field, characters);
                    if (rest == null) {
                        return;
                    }
                    text = rest.line();
                    close = rest.close();
                    characters = rest.characters();
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
                return;
            }
            if (text.charAt(at) != separator) {
                if (fields.isStray) {
                    fields.breakWhereOpened("");
                } else {
                    fields.reason = "something stands between a closing quote and the next separator";
                }
                return;
            }
            fields.isStray = false;
            at++;
        }
    }

    private long separators(String text, int from) {
        return text.chars().skip(from).filter(c -> c == separator).count();
    }

    /** The last line of a field of several lines, where its quote closes there, and the record's characters up to that line's end. */
    private record Rest(String line, int close, long characters) {}

    /**
     * Reads on to the quote that closes a field, from a mark on.
     *
     * @param before the record's characters up to the end of the line where the field begins
     * @return null where the field has no end; {@code fields} then has the reason
     */
    private @Nullable Rest rest(Fields fields, StringBuilder field, long before) throws IOException {
        long characters = before;
        lines.mark();
        while (true) {
            LineReader.Line next = lines.next();
            if (next == null) {
                fields.breakWhereOpened("");
                return null;
            }
            Problem problem = next.problem();
            if (problem != null && fields.isStray) {
                fields.breakWhereOpened(" before line " + next.number() + ", which cannot be read");
                return null;
            } else if (problem != null) {
                fields.problem = within(problem, fields.firstLine);
                return null;
            }
            characters += next.text().length() + 1L;
            if (characters > LineReader.MAX_LINE_BYTES) {
                fields.breakWhereOpened("");
                return null;
            }
            field.append('\n');
            int close = closingQuote(next.text(), 0, field);
            if (close >= 0) {
                fields.lastLine = next.number();
                return new Rest(next.text(), close, characters);
            }
        }
    }

    /** The problem of a line that a record of several lines takes along, with the line that the record begins in. */
    private static Problem within(Problem problem, long firstLine) {
        List<String> causes = new ArrayList<>(problem.causes());
        causes.add("the line stands within quotes; its row begins in line " + firstLine);
        return problem.withCauses(causes);
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

    private Problem.Builder broken(long line, long last, String reason) {
        boolean isOne = line == last;
        String range = isOne ? Long.toString(line) : line + "," + last;
        return DataProblems.TABLE_BROKEN
                .error(
                        isOne
                                ? "line " + line + " of " + name + " does not fit the table"
                                : "lines " + line + " to " + last + " of " + name + " do not fit the table")
                .at(new Location.InFile(name, line, 0, null))
                .because(reason)
                .remedy("sed -n '" + range + "p' " + shown + "    # shows the " + (isOne ? "line" : "lines")
                        + "; a quote in a quoted field is doubled");
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
