package dev.finetune4j.offlinecloud.sagemaker;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A channel that a container reads as a stream, from one named pipe for each epoch: {@code NAME_0}, {@code NAME_1} and so on. The next is there
 * before the last byte of one is read. A reader that leaves early goes on with the next.
 */
final class ChannelPipe {
    private static final System.Logger LOG = System.getLogger(ChannelPipe.class.getName());
    private static final int RECORD_IO_MAGIC = 0xced7230a;
    private static final int RECORD_IO_LONGEST = (1 << 29) - 1;
    private static final int RECORD_IO_UNIT = 4;
    private static final int HEAD_BYTES = 8;
    private static final long BETWEEN_KNOCKS_MILLIS = 20;

    private final InputChannel channel;
    private final Path folder;
    private final List<List<Part>> items;
    private final Thread feeder;
    /** Written by the feeder alone. */
    private volatile int epoch;

    private volatile boolean isClosed;

    /** Something to stream. */
    sealed interface Part {
        /** What is in a file. */
        record OfFile(Path file) implements Part {}

        /** A text, in UTF-8. */
        record OfText(String text) implements Part {}
    }

    private ChannelPipe(InputChannel channel, Path folder, List<List<Part>> items) {
        this.channel = channel;
        this.folder = folder;
        this.items = new ArrayList<>(items);
        feeder = new Thread(this::feed, "pipe " + channel.name());
        feeder.setDaemon(true);
    }

    /**
     * Makes the first pipe, and feeds whoever reads until it is closed.
     *
     * @param folder for the pipes
     * @param items what is streamed, in its order
     * @throws IOException if no pipe can be made, or an object is too long for a record
     */
    static ChannelPipe open(InputChannel channel, Path folder, List<List<Part>> items) throws IOException {
        for (List<Part> item : items) {
            for (Part part : item) {
                if (channel.isRecordIo()
                        && part instanceof Part.OfFile file
                        && Files.size(file.file()) > RECORD_IO_LONGEST) {
                    throw new IOException("Data download failed: an object of " + channel.name()
                            + " is longer than a record of RecordIO, which has less than 2^29 bytes");
                }
            }
        }
        ChannelPipe pipe = new ChannelPipe(channel, folder, items);
        pipe.make(0);
        pipe.feeder.start();
        return pipe;
    }

    private Path pipe(int epoch) {
        return folder.resolve(channel.name() + "_" + epoch);
    }

    private void make(int epoch) throws IOException {
        Process made = new ProcessBuilder("mkfifo", pipe(epoch).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (made.waitFor() != 0) {
                throw new IOException("the offline cloud can make no pipe " + pipe(epoch));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a pipe was made", e);
        }
    }

    private void feed() {
        try {
            for (int next = 0; !isClosed; next++) {
                epoch = next;
                make(next + 1);
                if (channel.shuffleSeed().isPresent()) {
                    Collections.shuffle(items, new Random(channel.shuffleSeed().getAsLong() + next));
                }
                feed(pipe(next));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the offline cloud can feed no more of a channel", e);
        }
    }

    private void feed(Path pipe) throws IOException {
        try (OutputStream reader = new FileOutputStream(pipe.toFile())) { // waits until somebody reads
            for (List<Part> item : items) {
                for (Part part : item) {
                    if (isClosed) {
                        return;
                    }
                    send(part, reader);
                }
            }
        } catch (IOException e) {
            if (!Files.exists(pipe)) {
                throw e;
            }
            LOG.log(System.Logger.Level.DEBUG, "a container reads no more of this epoch", e);
        }
    }

    private void send(Part part, OutputStream to) throws IOException {
        if (part instanceof Part.OfText text) {
            byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
            if (channel.isRecordIo()) {
                to.write(head(bytes.length));
            }
            to.write(bytes);
            pad(bytes.length, to);
        } else if (part instanceof Part.OfFile file) {
            long length = Files.size(file.file());
            if (channel.isRecordIo()) {
                to.write(head((int) length));
            }
            Files.copy(file.file(), to);
            pad(length, to);
        }
    }

    /** A record begins with a fixed number and its length, and is as long as a multiple of four bytes. */
    private static byte[] head(int length) {
        return ByteBuffer.allocate(HEAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(RECORD_IO_MAGIC)
                .putInt(length)
                .array();
    }

    private void pad(long length, OutputStream to) throws IOException {
        if (channel.isRecordIo()) {
            to.write(new byte[(int) ((RECORD_IO_UNIT - length % RECORD_IO_UNIT) % RECORD_IO_UNIT)]);
        }
    }

    /** Feeds no more. Who waits for a reader waits in the kernel, so that somebody has to come. */
    void close() {
        isClosed = true;
        try {
            while (feeder.isAlive()) {
                new RandomAccessFile(pipe(epoch).toFile(), "rw").close(); // which waits for nobody
                feeder.join(BETWEEN_KNOCKS_MILLIS);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a pipe that is gone feeds nobody", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
