package dev.finetune4j.worker.folder;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The reader's side of the events. A cursor is the byte after the last line that was read; a line that is still being written is left for the next
 * call, and one of a kind that this version does not know is passed over.
 */
public final class EventReader {
    private static final System.Logger LOG = System.getLogger(EventReader.class.getName());
    private static final int PAGE_BYTES = 1 << 20;

    private final JobFolder folder;
    private final Path file;

    /** The events of a folder; the file need not exist yet. */
    public EventReader(JobFolder folder) {
        this.folder = folder;
        file = folder.events();
    }

    /**
     * A page of events.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0653 if the cursor is not of this file
     */
    public EventPage after(String cursor) {
        if (!Files.exists(file)) {
            if (!cursor.equals(EventPage.START)) {
                throw foreign(cursor);
            }
            return new EventPage(List.of(), cursor);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long start = offset(cursor, channel);
            List<RunEvent> events = new ArrayList<>();
            while (true) {
                byte[] bytes = read(channel, start, PAGE_BYTES);
                int end = takeLines(bytes, events);
                start += end;
                // Go on over lines of unknown kinds, so that an empty page always means: nothing new.
                if (end == 0 || !events.isEmpty()) {
                    return new EventPage(events, start == 0 ? EventPage.START : Long.toString(start));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every event so far. */
    public List<RunEvent> all() {
        List<RunEvent> events = new ArrayList<>();
        EventPage page = after(EventPage.START);
        while (!page.events().isEmpty()) {
            events.addAll(page.events());
            page = after(page.next());
        }
        return events;
    }

    private long offset(String cursor, FileChannel channel) throws IOException {
        if (cursor.equals(EventPage.START)) {
            return 0;
        }
        try {
            long offset = Long.parseLong(cursor);
            if (offset > 0 && offset <= channel.size() && read(channel, offset - 1, 1)[0] == '\n') {
                return offset;
            }
        } catch (NumberFormatException e) {
            throw foreign(cursor);
        }
        throw foreign(cursor);
    }

    private static int takeLines(byte[] bytes, List<RunEvent> events) {
        int end = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, end, i - end, StandardCharsets.UTF_8);
                end = i + 1;
                add(line, events);
            }
        }
        return end;
    }

    private static void add(String line, List<RunEvent> events) {
        try {
            events.add(Json.read(line, RunEvent.class));
        } catch (UncheckedIOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.DEBUG, "passed over an event of an unknown kind", e);
        }
    }

    private static byte[] read(FileChannel channel, long start, int limit) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(limit, Math.max(0, channel.size() - start)));
        int count;
        do {
            count = channel.read(buffer, start + buffer.position());
        } while (count > 0);
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private RuntimeException foreign(String cursor) {
        return WorkerProblems.FOREIGN_CURSOR
                .error("the cursor " + cursor + " is none of " + folder.root().getFileName())
                .asException();
    }
}
