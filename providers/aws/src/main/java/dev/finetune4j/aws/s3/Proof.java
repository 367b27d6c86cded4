package dev.finetune4j.aws.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * What a file must add up to for it to be a certain object.
 *
 * @param kind how it is added up
 * @param expected the sum, in the words of {@code kind}
 */
record Proof(Kind kind, String expected) {
    /** The name under which staged objects carry the SHA-256 of all of them, in hexadecimal. */
    static final String METADATA = "sha256";

    private static final int CHUNK = 1 << 16;

    /** The checksums of whole objects that S3 keeps, and the tag of an object that came in one piece. */
    enum Kind {
        SHA256,
        SHA1,
        CRC64NVME,
        CRC32C,
        CRC32,
        MD5
    }

    /** The best that S3 tells about an object; empty where it tells nothing about the whole of it. */
    static Optional<Proof> of(HeadObjectResponse object) {
        String staged = object.metadata().get(METADATA);
        if (staged != null) {
            return Optional.of(new Proof(Kind.SHA256, staged.toLowerCase(Locale.ROOT)));
        }
        if (object.checksumType() != ChecksumType.COMPOSITE) {
            Optional<Proof> kept = kept(Kind.SHA256, object.checksumSHA256())
                    .or(() -> kept(Kind.SHA1, object.checksumSHA1()))
                    .or(() -> kept(Kind.CRC64NVME, object.checksumCRC64NVME()))
                    .or(() -> kept(Kind.CRC32C, object.checksumCRC32C()))
                    .or(() -> kept(Kind.CRC32, object.checksumCRC32()));
            if (kept.isPresent()) {
                return kept;
            }
        }
        String tag = object.eTag().replace("\"", "");
        boolean isDigest = object.serverSideEncryption() == ServerSideEncryption.AES256 && !tag.contains("-");
        return isDigest ? Optional.of(new Proof(Kind.MD5, tag)) : Optional.empty();
    }

    private static Optional<Proof> kept(Kind kind, @Nullable String base64) {
        return Optional.ofNullable(base64)
                .filter(value -> !value.contains("-"))
                .map(value -> new Proof(
                        kind, HexFormat.of().formatHex(Base64.getDecoder().decode(value))));
    }

    /** Whether a file is that object. */
    boolean holds(Path file) throws IOException {
        return sum(file).equals(expected);
    }

    private String sum(Path file) throws IOException {
        return switch (kind) {
            case SHA256 -> digest(file, sha256());
            case SHA1 -> digest(file, digestOf("SHA-1"));
            case MD5 -> digest(file, digestOf("MD5"));
            case CRC32 -> checksum(file, new CRC32(), Integer.BYTES);
            case CRC32C -> checksum(file, new CRC32C(), Integer.BYTES);
            case CRC64NVME -> checksum(file, new Crc64Nvme(), Long.BYTES);
        };
    }

    private static String digest(Path file, MessageDigest digest) throws IOException {
        read(file, chunk -> digest.update(chunk));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String checksum(Path file, Checksum sum, int bytes) throws IOException {
        read(file, sum::update);
        byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(sum.getValue()).array();
        return HexFormat.of().formatHex(value, Long.BYTES - bytes, Long.BYTES);
    }

    private static void read(Path file, Consumer<ByteBuffer> to) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = Files.newInputStream(file)) {
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                to.accept(ByteBuffer.wrap(chunk, 0, read));
            }
        }
    }

    static MessageDigest sha256() {
        return digestOf("SHA-256");
    }

    private static MessageDigest digestOf(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
