package dev.finetune4j.offlinecloud.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** The checksums that clients may send with content and have verified. */
enum ChecksumKind {
    CRC32,
    CRC32C,
    CRC64NVME,
    SHA1,
    SHA256;

    /** The header or trailer that carries one. */
    String header() {
        return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
    }

    /** The XML element that carries one. */
    String element() {
        return "Checksum" + name();
    }

    /** Whether it is always one of a whole object, never one over the checksums of parts. */
    boolean isForWhole() {
        return this == CRC64NVME;
    }

    /** Whether it is always one over the checksums of parts where an object has parts: they cannot be put together to one of the whole. */
    boolean isForParts() {
        return this == SHA1 || this == SHA256;
    }

    static Optional<ChecksumKind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.name().equalsIgnoreCase(name))
                .findFirst();
    }

    static Optional<ChecksumKind> ofHeader(String header) {
        return Arrays.stream(values())
                .filter(kind -> kind.header().equalsIgnoreCase(header))
                .findFirst();
    }

    /** Begins to compute one. */
    Running start() {
        return switch (this) {
            case CRC32 -> new OfJdk(new CRC32());
            case CRC32C -> new OfJdk(new CRC32C());
            case CRC64NVME -> new OfCrc64(new Crc64Nvme());
            case SHA1 -> new OfDigest(digest("SHA-1"));
            case SHA256 -> new OfDigest(digest("SHA-256"));
        };
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    /** A checksum of what has come so far. */
    interface Running {
        void update(byte[] bytes, int offset, int length);

        byte[] value();
    }

    private record OfJdk(Checksum sum) implements Running {
        @Override
        public void update(byte[] bytes, int offset, int length) {
            sum.update(bytes, offset, length);
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(Integer.BYTES)
                    .putInt((int) sum.getValue())
                    .array();
        }
    }

    private record OfCrc64(Crc64Nvme sum) implements Running {
        @Override
        public void update(byte[] bytes, int offset, int length) {
            sum.update(bytes, offset, length);
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(Long.BYTES).putLong(sum.value()).array();
        }
    }

    private record OfDigest(MessageDigest digest) implements Running {
        @Override
        public void update(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        public byte[] value() {
            return digest.digest();
        }
    }
}
