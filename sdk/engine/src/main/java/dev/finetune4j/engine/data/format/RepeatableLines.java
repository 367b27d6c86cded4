package dev.finetune4j.engine.data.format;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Lines of a file that can be read once more from a mark on; what was read since is held as one text. */
final class RepeatableLines implements Closeable {
    private final LineReader lines;

    /** Lines after the mark, each with a line feed; those from {@code position} on are still to be read, or to be read again. */
    private final StringBuilder kept = new StringBuilder();

    /** A line with a problem that comes after those of {@code kept} and is still to be read, or to be read again; or null. */
    private LineReader.@Nullable Line unreadable;
    /** The same, where it was read after the mark. */
    private LineReader.@Nullable Line passed;

    private int position;
    private boolean isMarked;
    private long number;
    private long markedNumber;

    RepeatableLines(LineReader lines) {
        this.lines = lines;
    }

    /** The next line, or null after the last. */
    LineReader.@Nullable Line next() throws IOException {
        if (position < kept.length()) {
            int end = kept.indexOf("\n", position);
            String text = kept.substring(position, end);
            position = end + 1;
            number++;
            return new LineReader.Line(number, text, null);
        }
        LineReader.Line line = unreadable == null ? lines.next() : unreadable;
        unreadable = null;
        if (line == null) {
            return null;
        }
        number = line.number();
        if (isMarked && line.problem() != null) {
            passed = line;
        } else if (isMarked) {
            kept.append(line.text()).append('\n');
            position = kept.length();
        }
        return line;
    }

    /** Marks the place before the next line. */
    void mark() {
        kept.delete(0, position);
        position = 0;
        markedNumber = number;
        passed = null;
        isMarked = true;
    }

    /** Goes back to the mark. Of the lines since, the last may have a problem, and no other. */
    void back() {
        position = 0;
        number = markedNumber;
        if (passed != null) {
            unreadable = passed;
            passed = null;
        }
        isMarked = false;
    }

    /** Forgets the mark, if there is one, and what was read since. */
    void forget() {
        if (!isMarked) {
            return;
        }
        kept.delete(0, position);
        position = 0;
        passed = null;
        isMarked = false;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
