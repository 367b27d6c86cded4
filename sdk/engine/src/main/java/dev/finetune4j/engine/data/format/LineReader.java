package dev.finetune4j.engine.data.format;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a UTF-8 text file, read strictly and within bounds: a byte order mark is skipped, CRLF counts as LF, and a line that is
 * too long, holds NUL bytes or is not UTF-8 comes back as a problem in place of its text.
 */
final class LineReader implements Closeable {
    /** Longest line in bytes: 16 MB, as much as a row of text can sensibly have. */
    static final int MAX_LINE_BYTES = 16 << 20;

    /** Why there is but one line, in words. */
    static final String OLD_LINE_ENDS = "its lines end in a carriage return alone";

    /**
     * One line.
     *
     * @param number line from 1
     * @param text the text without its line break; empty if {@code problem} is set
     * @param problem why there is no text, or null
     */
    record Line(long number, String text, @Nullable Problem problem) {}

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final String name;
    /** The file in a command. */
    private final String shown;

    private final ForeignBytes foreign;
    private final boolean hasOldLineEnds;
    private final boolean endsAtReturns;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long bufferOffset;
    private long lineNumber;
    private byte lastEnd;

    /** Of a file whose lines end in line feeds. */
    LineReader(Path file, String name) throws IOException {
        this(file, name, false);
    }

    /**
     * Opens a file.
     *
     * @param name what problems call it
     * @param readsOldLineEnds whether a carriage return alone ends a line, too, where the lines at the file's start end in one
     */
    LineReader(Path file, String name, boolean readsOldLineEnds) throws IOException {
        this.in = Files.newInputStream(file);
        this.name = name;
        this.shown = ShellWord.of(file);
        fill();
        this.foreign = new ForeignBytes(file, name, Arrays.copyOf(buffer, limit));
        this.hasOldLineEnds = hasOldLineEnds(buffer, limit);
        this.endsAtReturns = readsOldLineEnds && hasOldLineEnds;
        try {
            position = foreign.refuseOther();
        } catch (FineTuneException e) {
            in.close();
            throw e;
        }
    }

    /** Whether lines of the file's first bytes, of which {@code count} are there, end in a carriage return alone, as on old Macs. */
    private static boolean hasOldLineEnds(byte[] bytes, int count) {
        boolean hasReturns = false;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                return false;
            }
            hasReturns |= bytes[i] == '\r' && i + 1 < count;
        }
        return hasReturns;
    }

    /** Whether lines end in a carriage return alone, so that the whole file counts as one, as far as its start tells. */
    boolean hasOldLineEnds() {
        return hasOldLineEnds;
    }

    /** The command that lets lines end in line feeds. */
    String withNewLineEnds() {
        return "tr '\\r' '\\n' < " + shown + " > " + foreign.mended("lines-");
    }

    /** The next line, or null after the last. */
    @Nullable
    Line next() throws IOException {
        if (!hasMore()) {
            return null;
        }
        long lineOffset = bufferOffset + position;
        lineNumber++;
        ByteArrayOutputStream longLine = null;
        long length = 0;
        while (true) {
            int end = lineEnd();
            length += end - position;
            boolean complete = end < limit;
            if (complete && longLine == null && length <= MAX_LINE_BYTES) {
                Line line = decode(buffer, position, end - position, lineOffset);
                pass(end);
                return line;
            }
            if (length <= MAX_LINE_BYTES) {
                longLine = longLine == null ? new ByteArrayOutputStream(2 * BUFFER_BYTES) : longLine;
                longLine.write(buffer, position, end - position);
            }
            if (complete) {
                pass(end);
                break;
            }
            position = end;
            if (!fill()) {
                break;
            }
        }
        if (length > MAX_LINE_BYTES || longLine == null) {
            return tooLong(length);
        }
        return decode(longLine.toByteArray(), 0, longLine.size(), lineOffset);
    }

    /** Also passes the line feed behind a carriage return that ended a line. */
    private boolean hasMore() throws IOException {
        if (position == limit && !fill()) {
            return false;
        }
        if (endsAtReturns && lastEnd == '\r' && buffer[position] == '\n') {
            pass(position);
            return hasMore();
        }
        return true;
    }

    private int lineEnd() {
        int end = position;
        while (end < limit && buffer[end] != '\n' && !(endsAtReturns && buffer[end] == '\r')) {
            end++;
        }
        return end;
    }

    private void pass(int end) {
        lastEnd = buffer[end];
        position = end + 1;
    }

    private boolean fill() throws IOException {
        bufferOffset += limit;
        position = 0;
        limit = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
        return limit > 0;
    }

    private Line decode(byte[] bytes, int from, int count, long lineOffset) throws CharacterCodingException {
        int length = count > 0 && bytes[from + count - 1] == '\r' ? count - 1 : count;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                return broken(DataProblems.NUL_BYTES
                        .error("line " + lineNumber + " of " + name + " holds a NUL byte")
                        .because("at byte " + (lineOffset + i - from) + " of the file")
                        .remedy(foreign.withoutNul()));
            }
        }
        ByteBuffer source = ByteBuffer.wrap(bytes, from, length);
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        // The replacement character is rare in honest text, so the strict and slower decoder runs only where it shows
        // up.
        if (text.indexOf('\uFFFD') >= 0) {
            CoderResult result = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(source, CharBuffer.allocate(length + 1), true);
            if (result.isError()) {
                int bad = source.position();
                foreign.weigh(text);
                return broken(DataProblems.NOT_UTF8
                        .error("line " + lineNumber + " of " + name + " is not UTF-8")
                        .because(ForeignBytes.where(bytes[bad], lineOffset + bad - from))
                        .remedy(foreign.toUtf8(Arrays.copyOfRange(bytes, bad, from + length))));
            }
        }
        foreign.countLong(length - text.length());
        return new Line(lineNumber, text, null);
    }

    private Line tooLong(long length) {
        Problem.Builder problem = DataProblems.LINE_TOO_LONG
                .error("line " + lineNumber + " of " + name + " is too long")
                .because(String.format(Locale.ROOT, "%,d bytes; at most %,d are read", length, MAX_LINE_BYTES));
        if (hasOldLineEnds && !endsAtReturns) {
            return broken(problem.because(OLD_LINE_ENDS).remedy(withNewLineEnds()));
        }
        return broken(problem.remedy("jq -c '.[]' " + shown + " > rows.jsonl    # if it is one JSON array")
                .remedy("sed '" + lineNumber + "d' " + shown + " > " + foreign.mended("short-")
                        + "    # without that line"));
    }

    private Line broken(Problem.Builder problem) {
        return new Line(
                lineNumber,
                "",
                problem.at(new Location.InFile(name, lineNumber, 0, null)).build());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
