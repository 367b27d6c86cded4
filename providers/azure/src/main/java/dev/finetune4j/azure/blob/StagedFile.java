package dev.finetune4j.azure.blob;

import dev.finetune4j.spi.StagedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that is to be staged, as it was when it was read.
 *
 * @param name its path below the folder, with slashes
 * @param path where it is
 * @param size in bytes
 * @param sha256 in hexadecimal
 */
record StagedFile(String name, Path path, long size, String sha256) implements StagedFolder.Content {
    private static final int CHUNK = 1 << 16;

    /** Reads a file once. */
    static StagedFile read(String name, Path path) throws IOException {
        return new StagedFile(name, path, Files.size(path), sha256(path));
    }

    /** Of a file's content, in hexadecimal. */
    static String sha256(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = Files.newInputStream(path)) {
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
