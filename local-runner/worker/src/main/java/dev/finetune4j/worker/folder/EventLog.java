package dev.finetune4j.worker.folder;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** The worker's side of the events: appends one line each, whole, so that a reader sees it at once. */
public final class EventLog implements Consumer<RunEvent>, AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens the events of a folder for more; half a line that a killed worker left is removed. */
    public static EventLog open(JobFolder folder) throws IOException {
        removeTornLine(folder.events());
        return new EventLog(
                folder.events(),
                FileChannel.open(folder.events(), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /**
     * Appends an event.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0625, FT0632 or FT0638 if it cannot be written
     */
    @Override
    public void accept(RunEvent event) {
        ByteBuffer line = ByteBuffer.wrap((Json.line(event) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw WriteFailure.of("event", file, e);
        }
    }

    private static void removeTornLine(Path events) throws IOException {
        if (!events.toFile().exists()) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(events.toFile(), "rw")) {
            long end = file.length();
            while (end > 0) {
                file.seek(end - 1);
                if (file.read() == '\n') {
                    break;
                }
                end--;
            }
            file.setLength(end);
        }
    }

    @Override
    public void close() throws IOException {
        channel.force(true);
        channel.close();
    }
}
