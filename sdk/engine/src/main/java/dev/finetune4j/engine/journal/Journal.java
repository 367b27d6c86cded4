package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The append-only record of one run, open for writing. One writer at a time, which {@link RunLock} sees to; readers use {@link
 * JournalContent#read} and need nothing. Not safe for use by several threads.
 */
public final class Journal implements Closeable {
    private final Path file;
    private final DurableFiles.AppendFile disk;
    private final Clock clock;
    private final Redaction redaction;
    private final List<JournalLine> lines;
    private long wholeBytes;
    private boolean hasRest;

    private Journal(
            Path file,
            DurableFiles.AppendFile disk,
            Clock clock,
            Redaction redaction,
            JournalContent content,
            long size) {
        this.file = file;
        this.disk = disk;
        this.clock = clock;
        this.redaction = redaction;
        this.lines = new ArrayList<>(content.lines());
        this.wholeBytes = content.wholeBytes();
        this.hasRest = size > wholeBytes;
    }

    /**
     * Opens or begins a journal.
     *
     * @throws FineTuneException with FT0501 if it cannot be written, FT0502 if it is damaged, FT0503 if it cannot be read
     */
    public static Journal open(RunFolder folder, DurableFiles files, Clock clock, Redaction redaction) {
        Path file = folder.journal();
        try {
            files.createFolder(folder.path());
            DurableFiles.AppendFile disk = files.open(file);
            try {
                JournalContent content = JournalContent.read(file);
                return new Journal(file, disk, clock, redaction, content, disk.size());
            } catch (RuntimeException | IOException e) {
                disk.close();
                throw e;
            }
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }

    /** What is taken out of everything that is written down of this run. */
    public Redaction redaction() {
        return redaction;
    }

    /** What the journal holds now. */
    public JournalContent content() {
        return new JournalContent(lines, wholeBytes);
    }

    /**
     * Adds an entry; it is durable on return. Where that fails the journal is as before, and adding may be tried again.
     *
     * @throws FineTuneException with FT0501 if the disk is full or fails
     */
    public void append(JournalEntry entry) {
        long seq = lines.size() + 1L;
        byte[] line = JournalFormat.write(seq, clock.instant(), entry, redaction);
        try {
            if (hasRest) {
                disk.truncate(wholeBytes);
                // Else the new line may reach the disk before the cut, with the rest of the old one behind it.
                disk.force();
                hasRest = false;
            }
            hasRest = true;
            disk.write(line);
            disk.force();
            hasRest = false;
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
        wholeBytes += line.length;
        byte[] withoutBreak = java.util.Arrays.copyOf(line, line.length - 1);
        lines.add(JournalFormat.read(withoutBreak)
                .orElseThrow(() -> new IllegalStateException("a line just written must read back: " + entry)));
    }

    @Override
    public void close() {
        try {
            disk.close();
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }
}
