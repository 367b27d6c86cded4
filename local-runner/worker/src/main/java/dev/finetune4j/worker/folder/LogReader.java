package dev.finetune4j.worker.folder;

import dev.finetune4j.spi.LogPage;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Reads what the worker of a folder prints, page by page, while it prints. A cursor is the byte at which a line begins. */
public final class LogReader {
    private static final int PAGE_BYTES = 1 << 20;

    private final JobFolder folder;

    /** The log of a folder; the file need not exist yet. */
    public LogReader(JobFolder folder) {
        this.folder = folder;
    }

    /**
     * The whole lines after a cursor, at most 1 MiB of them; a longer line comes in pieces.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0653 if the cursor is not of this file
     */
    public LogPage after(String cursor) {
        try {
            long start = cursor.equals(LogPage.START) ? 0 : Long.parseLong(cursor);
            long size = Files.exists(folder.log()) ? Files.size(folder.log()) : 0;
            if (start < 0 || start > size) {
                throw foreign(cursor);
            }
            return start == size ? new LogPage(List.of(), cursor) : read(start, size);
        } catch (NumberFormatException e) {
            throw foreign(cursor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LogPage read(long start, long size) throws IOException {
        byte[] bytes = new byte[(int) Math.min(PAGE_BYTES, size - start)];
        try (RandomAccessFile log = new RandomAccessFile(folder.log().toFile(), "r")) {
            log.seek(start);
            log.readFully(bytes);
        }
        List<String> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.add(text(bytes, begin, i));
                begin = i + 1;
            }
        }
        if (lines.isEmpty() && bytes.length == PAGE_BYTES) {
            lines.add(text(bytes, 0, PAGE_BYTES));
            begin = PAGE_BYTES;
        }
        return new LogPage(lines, String.valueOf(start + begin));
    }

    private static String text(byte[] bytes, int begin, int end) {
        return new String(bytes, begin, end - begin, StandardCharsets.UTF_8);
    }

    private RuntimeException foreign(String cursor) {
        return WorkerProblems.FOREIGN_CURSOR
                .error("the cursor " + cursor + " is none of the log of "
                        + folder.root().getFileName())
                .asException();
    }
}
