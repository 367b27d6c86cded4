package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a journal holds.
 *
 * @param lines the whole lines, in order
 * @param wholeBytes bytes up to the end of the last whole line; what follows is the torn rest of a crash
 */
public record JournalContent(List<JournalLine> lines, long wholeBytes) {
    private static final long LARGEST = 256L << 20;

    /** Copies the list. */
    public JournalContent {
        lines = List.copyOf(lines);
    }

    /**
     * Reads a journal; needs no lock. Empty where there is none. A last line that a crash has torn is left out.
     *
     * @throws FineTuneException with FT0502 if a line before the last is damaged, or any holds what this version cannot read; with FT0503 if
     *     the file cannot be read
     */
    public static JournalContent read(Path file) {
        byte[] bytes;
        try {
            if (Files.size(file) > LARGEST) {
                throw RunProblems.damagedJournal(file, 0, "it has " + Files.size(file) + " bytes; at most " + LARGEST);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new JournalContent(List.of(), 0);
        } catch (IOException e) {
            throw RunProblems.unreadable(file, e);
        }
        return parse(file, bytes);
    }

    /** Whether a journal holds a text; yes where that cannot be told. */
    static boolean mentions(Path file, String text) {
        try {
            // Every byte is a letter of Latin-1: nothing is decoded, and nothing refused.
            return Files.size(file) > LARGEST
                    || Files.readString(file, StandardCharsets.ISO_8859_1)
                            .contains(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return true;
        }
    }

    /** The entries that this version knows, in order. */
    public Stream<JournalEntry> entries() {
        return lines.stream().flatMap(line -> line.known().stream());
    }

    /** The last entry of a kind. */
    public <T extends JournalEntry> Optional<T> last(Class<T> type) {
        return entries().filter(type::isInstance).map(type::cast).reduce((earlier, later) -> later);
    }

    /** What it holds since the run was last begun anew, or at all. */
    public JournalContent sinceRenewed() {
        for (int i = lines.size() - 1; i > 0; i--) {
            if (lines.get(i).entry() instanceof JournalEntry.Renewed) {
                return new JournalContent(lines.subList(i, lines.size()), wholeBytes);
            }
        }
        return this;
    }

    /** The stop that somebody asked for last, if the run was neither resumed nor begun anew since. */
    public Optional<JournalEntry.StopAsked> stopAsked() {
        JournalEntry.StopAsked asked = null;
        for (JournalEntry entry : entries().toList()) {
            if (entry instanceof JournalEntry.StopAsked stop) {
                asked = stop;
            } else if (entry instanceof JournalEntry.ResumeAsked || entry instanceof JournalEntry.Renewed) {
                asked = null;
            }
        }
        return Optional.ofNullable(asked);
    }

    private static JournalContent parse(Path file, byte[] bytes) {
        List<JournalLine> lines = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            Optional<JournalLine> line = end == bytes.length
                    ? Optional.empty()
                    : line(file, lines.size() + 1, Arrays.copyOfRange(bytes, start, end));
            if (line.isEmpty()) {
                if (end + 1 < bytes.length) {
                    throw RunProblems.damagedJournal(file, lines.size() + 1, "its checksum does not match its text");
                }
                break;
            }
            if (line.get().seq() != lines.size() + 1) {
                throw RunProblems.damagedJournal(
                        file, lines.size() + 1, "it has number " + line.get().seq() + "; a line is missing");
            }
            lines.add(line.get());
            start = end + 1;
        }
        return new JournalContent(lines, start);
    }

    private static Optional<JournalLine> line(Path file, int number, byte[] bytes) {
        try {
            return JournalFormat.read(bytes);
        } catch (IllegalArgumentException e) {
            throw RunProblems.unknownLine(file, number, String.valueOf(e.getMessage()));
        }
    }
}
