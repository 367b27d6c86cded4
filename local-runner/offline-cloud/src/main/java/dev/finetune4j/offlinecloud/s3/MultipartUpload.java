package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An object that comes in parts, from its first part until it is complete. Safe for use by several threads. */
final class MultipartUpload {
    private final String id;
    private final String key;
    private final Instant begun;
    private final Map<String, String> headers;
    private final Map<String, String> tags;
    private final Proof proof;
    private final ContentFolder contents;
    private final TreeMap<Integer, Part> parts = new TreeMap<>();
    private boolean isOver;

    MultipartUpload(
            String id,
            String key,
            Instant begun,
            Map<String, String> headers,
            Map<String, String> tags,
            Proof proof,
            ContentFolder contents) {
        this.id = id;
        this.key = key;
        this.begun = begun;
        this.headers = Map.copyOf(headers);
        this.tags = Map.copyOf(tags);
        this.proof = proof;
        this.contents = contents;
    }

    /**
     * What the object will be proved by.
     *
     * @param kind the checksum
     * @param isComposite whether it is one over the checksums of the parts
     * @param isChosen whether the client chose it, or it is what the service takes by itself
     */
    record Proof(ChecksumKind kind, boolean isComposite, boolean isChosen) {
        String type() {
            return isComposite ? "COMPOSITE" : "FULL_OBJECT";
        }
    }

    /** A part that is here. */
    record Part(int number, Path content, long size, String etag, ContentChecksum checksum, Instant modified) {
        static Part of(int number, Content content, ChecksumKind kind, Instant at) {
            return new Part(
                    number,
                    content.file(),
                    content.size(),
                    content.md5(),
                    content.checksum(kind),
                    at.truncatedTo(ChronoUnit.SECONDS));
        }
    }

    String id() {
        return id;
    }

    String key() {
        return key;
    }

    Instant begun() {
        return begun;
    }

    Map<String, String> headers() {
        return headers;
    }

    Map<String, String> tags() {
        return tags;
    }

    Proof proof() {
        return proof;
    }

    /** Keeps a part, in place of what has its number. */
    void add(Part part) throws ServiceError {
        Optional<Part> old;
        try {
            old = replace(part);
        } catch (ServiceError e) {
            contents.drop(part.content());
            throw e;
        }
        old.ifPresent(before -> contents.drop(before.content()));
    }

    private synchronized Optional<Part> replace(Part part) throws ServiceError {
        if (isOver) {
            throw S3Errors.noSuchUpload(id);
        }
        return Optional.ofNullable(parts.put(part.number(), part));
    }

    synchronized List<Part> parts() {
        return List.copyOf(parts.values());
    }

    synchronized Optional<Part> part(int number) {
        return Optional.ofNullable(parts.get(number));
    }

    /** The bytes of parts one after the other, in a file of their own. */
    Content assemble(List<Part> chosen) throws IOException {
        List<InputStream> streams = new ArrayList<>();
        try {
            for (Part part : chosen) {
                streams.add(new LateInputStream(part.content()));
            }
            return contents.take(new SequenceInputStream(Collections.enumeration(streams)), List.of(proof.kind()));
        } finally {
            for (InputStream stream : streams) {
                stream.close();
            }
        }
    }

    /** A file that is opened when its first byte is read: an upload may have more parts than a process may have files open. */
    private static final class LateInputStream extends InputStream {
        private final Path file;
        private @Nullable InputStream open;

        LateInputStream(Path file) {
            this.file = file;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            InputStream from = open;
            if (from == null) {
                from = Files.newInputStream(file);
                open = from;
            }
            return from.read(to, offset, length);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public void close() throws IOException {
            if (open != null) {
                open.close();
            }
        }
    }

    /** The tag of an object of these parts. */
    static String etag(List<Part> parts) {
        MessageDigest md5 = ChecksumKind.digest("MD5");
        parts.forEach(part -> md5.update(HexFormat.of().parseHex(part.etag())));
        return HexFormat.of().formatHex(md5.digest()) + "-" + parts.size();
    }

    ContentChecksum checksum(List<Part> chosen, Content whole) {
        return proof.isComposite()
                ? ContentChecksum.composite(
                        proof.kind(), chosen.stream().map(Part::checksum).toList())
                : whole.checksum(proof.kind());
    }

    /** Removes all parts and takes no more. */
    void drop() {
        List<Part> all;
        synchronized (this) {
            isOver = true;
            all = List.copyOf(parts.values());
            parts.clear();
        }
        all.forEach(part -> contents.drop(part.content()));
    }
}
