package dev.finetune4j.azure.blob;

import dev.finetune4j.spi.StagedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A file that is to be staged, as it was when it was read.
 *
 * @param name its path below the folder, with slashes
 * @param path where it is
 * @param size in bytes
 * @param sha256 in hexadecimal
 * @param md5 in hexadecimal
 * @param blockBytes size of each of its blocks but the last
 * @param blockMd5s of each block in order, in hexadecimal; none of an empty file
 */
record StagedFile(String name, Path path, long size, String sha256, String md5, int blockBytes, List<String> blockMd5s)
        implements StagedFolder.Content {
    /** What a blob has at most. */
    private static final int MOST_BLOCKS = 50_000;

    private static final int MEBIBYTE = 1 << 20;
    private static final int CHUNK = 1 << 16;

    StagedFile {
        blockMd5s = List.copyOf(blockMd5s);
    }

    /**
     * Reads a file once.
     *
     * @param usual bytes of a block; blocks are larger where a file would have more of them than a blob takes
     */
    static StagedFile read(String name, Path path, int usual) throws IOException {
        int blockBytes = blockBytes(Files.size(path), usual);
        MessageDigest sha256 = digest("SHA-256");
        MessageDigest md5 = digest("MD5");
        MessageDigest block = digest("MD5");
        List<String> blocks = new ArrayList<>();
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        int inBlock = 0;
        try (InputStream from = Files.newInputStream(path)) {
            int read = from.read(chunk, 0, Math.min(CHUNK, blockBytes));
            while (read >= 0) {
                sha256.update(chunk, 0, read);
                md5.update(chunk, 0, read);
                block.update(chunk, 0, read);
                size += read;
                inBlock += read;
                if (inBlock == blockBytes) {
                    blocks.add(hex(block));
                    inBlock = 0;
                }
                read = from.read(chunk, 0, Math.min(CHUNK, blockBytes - inBlock));
            }
        }
        if (inBlock > 0) {
            blocks.add(hex(block));
        }
        return new StagedFile(name, path, size, hex(sha256), hex(md5), blockBytes, blocks);
    }

    private static int blockBytes(long size, int usual) {
        if (size <= (long) usual * MOST_BLOCKS) {
            return usual;
        }
        return Math.toIntExact((size / MOST_BLOCKS / MEBIBYTE + 1) * MEBIBYTE);
    }

    /** Where a block begins. */
    long offset(int block) {
        return (long) block * blockBytes;
    }

    /** Size of a block. */
    long length(int block) {
        return Math.min(blockBytes, size - offset(block));
    }

    /** SHA-256 of a file's content, in hexadecimal. */
    static String sha256(Path path) throws IOException {
        return hex(path, digest("SHA-256"));
    }

    /** MD5 of a file's content, in hexadecimal. */
    static String md5(Path path) throws IOException {
        return hex(path, digest("MD5"));
    }

    private static String hex(Path path, MessageDigest digest) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = Files.newInputStream(path)) {
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
