package dev.finetune4j.offlinecloud.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Takes the framing of {@code aws-chunked} off: each chunk has its length in hexadecimal before it, the last one has none and is followed
 * by trailers. Signatures of chunks are passed over.
 */
final class AwsChunkedInputStream extends InputStream {
    private static final int LONGEST_LINE = 8192;
    private static final int HEX = 16;

    private final InputStream from;
    private final Map<String, String> trailers = new HashMap<>();
    private long left;
    private boolean isFirst = true;
    private boolean hasEnded;

    AwsChunkedInputStream(InputStream from) {
        this.from = from;
    }

    /** What was told after the content, names in lower case; complete once the stream has ended. */
    Map<String, String> trailers() {
        return trailers;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !hasEnded) {
            beginChunk();
        }
        if (hasEnded) {
            return -1;
        }
        int read = from.read(to, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new BrokenFraming("the content ends within a chunk");
        }
        left -= read;
        return read;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    private void beginChunk() throws IOException {
        if (!isFirst && !line().isEmpty()) {
            throw new BrokenFraming("a chunk is longer than it says");
        }
        isFirst = false;
        String head = line();
        int end = head.indexOf(';');
        try {
            left = Long.parseLong(end < 0 ? head : head.substring(0, end), HEX);
        } catch (NumberFormatException e) {
            throw new BrokenFraming("a chunk has no length");
        }
        if (left < 0) {
            throw new BrokenFraming("a chunk has a negative length");
        }
        if (left == 0) {
            hasEnded = true;
            readTrailers();
        }
    }

    private void readTrailers() throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new BrokenFraming("a trailer has no value");
            }
            trailers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = from.read(); read >= 0; read = from.read()) {
            if (read == '\n') {
                return line.toString(StandardCharsets.UTF_8).strip();
            }
            line.write(read);
            if (line.size() > LONGEST_LINE) {
                throw new BrokenFraming("a line of the framing is too long");
            }
        }
        if (hasEnded) {
            return line.toString(StandardCharsets.UTF_8).strip(); // some clients send no line after the trailers
        }
        throw new BrokenFraming("the content ends before its last chunk");
    }

    /** What is not framed as it says. */
    static final class BrokenFraming extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenFraming(String message) {
            super(message);
        }
    }
}
