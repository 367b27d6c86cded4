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
import java.util.Locale;
import java.util.Optional;
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

    private final Optional<UnmarkedUtf16> unmarked;
    private final boolean hasOldLineEnds;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long bufferOffset;
    private long lineNumber;
    private long longCharacters;
    private long badBytes;

    LineReader(Path file, String name) throws IOException {
        this.in = Files.newInputStream(file);
        this.name = name;
        this.shown = ShellWord.of(file);
        fill();
        this.unmarked = UnmarkedUtf16.of(buffer, limit);
        this.hasOldLineEnds = hasOldLineEnds(buffer, limit);
        try {
            refusePacked();
            skipByteOrderMark();
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
        return "tr '\\r' '\\n' < " + shown + " > " + mended("lines-");
    }

    /** The next line, or null after the last. */
    @Nullable
    Line next() throws IOException {
        if (position == limit && !fill()) {
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
                position = end + 1;
                return line;
            }
            if (length <= MAX_LINE_BYTES) {
                longLine = longLine == null ? new ByteArrayOutputStream(2 * BUFFER_BYTES) : longLine;
                longLine.write(buffer, position, end - position);
            }
            position = complete ? end + 1 : end;
            if (complete || !fill()) {
                break;
            }
        }
        if (length > MAX_LINE_BYTES || longLine == null) {
            return tooLong(length);
        }
        return decode(longLine.toByteArray(), 0, longLine.size(), lineOffset);
    }

    private int lineEnd() {
        int end = position;
        while (end < limit && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    private boolean fill() throws IOException {
        bufferOffset += limit;
        position = 0;
        limit = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
        return limit > 0;
    }

    /** A file of another kind under the name of a text file is told as what it is, not as a broken line. */
    private void refusePacked() {
        PackedKind.of(buffer, limit).ifPresent(kind -> {
            throw DataProblems.NOT_UTF8
                    .error(name + " is " + kind.words() + ", not text")
                    .at(Location.of(name))
                    .because("its first bytes say so")
                    .remedy(kind.remedy(shown))
                    .asException();
        });
    }

    private void skipByteOrderMark() {
        if (startsWith(0xEF, 0xBB, 0xBF)) {
            position = 3;
            return;
        }
        markedCharset().ifPresent(charset -> {
            throw DataProblems.NOT_UTF8
                    .error(name + " is " + charset + ", not UTF-8")
                    .at(Location.of(name))
                    .because("it starts with the byte order mark of " + charset)
                    .remedy("iconv -f " + charset + " -t UTF-8 " + shown + " > " + mended("utf8-"))
                    .asException();
        });
    }

    /** What the byte order mark at the start says, by the name for iconv; that of UTF-32 with its lowest byte first begins as that of UTF-16. */
    private Optional<String> markedCharset() {
        if (startsWith(0xFF, 0xFE, 0, 0) || startsWith(0, 0, 0xFE, 0xFF)) {
            return Optional.of("UTF-32");
        }
        return startsWith(0xFF, 0xFE) || startsWith(0xFE, 0xFF) ? Optional.of("UTF-16") : Optional.empty();
    }

    private boolean startsWith(int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= limit || (buffer[i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** The file that a command writes, which the job is to name then. */
    String mended(String prefix) {
        Path file = Path.of(name).getFileName();
        return ShellWord.of(prefix + (file == null ? name : file.toString()));
    }

    private Line decode(byte[] bytes, int from, int count, long lineOffset) throws CharacterCodingException {
        int length = count > 0 && bytes[from + count - 1] == '\r' ? count - 1 : count;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                return broken(DataProblems.NUL_BYTES
                        .error("line " + lineNumber + " of " + name + " holds a NUL byte")
                        .because("at byte " + (lineOffset + i - from) + " of the file")
                        .remedy(fromUtf16("clean-").orElse("tr -d '\\000' < " + shown + " > " + mended("clean-"))));
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
                weigh(text);
                return broken(DataProblems.NOT_UTF8
                        .error("line " + lineNumber + " of " + name + " is not UTF-8")
                        .because(String.format(
                                Locale.ROOT,
                                "byte 0x%02X at byte %d of the file",
                                bytes[bad] & 0xFF,
                                lineOffset + bad - from))
                        .remedy(fromUtf16("utf8-").orElse(toUtf8(bytes, bad, from + length))));
            }
        }
        longCharacters += length - text.length();
        return new Line(lineNumber, text, null);
    }

    /**
     * The command that makes UTF-8 of a file of another code, or, where it is UTF-8 but for some bytes, leaves those out: taken for another
     * code, each of its characters beyond ASCII would become several wrong ones. Some pairs of bytes of other codes are characters of UTF-8
     * by chance, and what would be left out there is text: most of what was read so far decides.
     */
    private String toUtf8(byte[] bytes, int bad, int end) {
        boolean isUtf8 = (longCharacters > 0 && longCharacters >= badBytes) || isOfJava(bytes, bad, end);
        return "iconv " + (isUtf8 ? "-c -f UTF-8" : "-f WINDOWS-1252") + " -t UTF-8 " + shown + " > " + mended("utf8-")
                + (isUtf8 ? "    # leaves such bytes out" : "");
    }

    /** Whether bytes begin half a pair of UTF-16 or a NUL as Java and some databases write them, which UTF-8 forbids. */
    private static boolean isOfJava(byte[] bytes, int bad, int end) {
        int first = bytes[bad] & 0xFF;
        int second = bad + 1 < end ? bytes[bad + 1] & 0xFF : 0;
        boolean isHalfPair =
                first == 0xED && second >= 0xA0 && second <= 0xBF && bad + 2 < end && bytes[bad + 2] < -0x40;
        return isHalfPair || (first == 0xC0 && second == 0x80);
    }

    /** Counts what of a line that is not UTF-8 was decoded and what was not. */
    private void weigh(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\uFFFD') {
                badBytes++;
            } else if (c > 0x7F) {
                longCharacters++;
            }
        }
    }

    /** The command that makes a file of UTF-16 without a byte order mark one of UTF-8; empty for other files. */
    private Optional<String> fromUtf16(String prefix) {
        return unmarked.map(order -> "iconv -f " + order.charset() + " -t UTF-8 " + shown + " > " + mended(prefix));
    }

    private Line tooLong(long length) {
        Problem.Builder problem = DataProblems.LINE_TOO_LONG
                .error("line " + lineNumber + " of " + name + " is too long")
                .because(String.format(Locale.ROOT, "%,d bytes; at most %,d are read", length, MAX_LINE_BYTES));
        if (hasOldLineEnds) {
            return broken(problem.because(OLD_LINE_ENDS).remedy(withNewLineEnds()));
        }
        return broken(problem.remedy("jq -c '.[]' " + shown + " > rows.jsonl    # if it is one JSON array")
                .remedy("sed '" + lineNumber + "d' " + shown + " > " + mended("short-") + "    # without that line"));
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
