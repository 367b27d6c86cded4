package dev.finetune4j.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.data.source.FileDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of a repository as the hub lists it.
 *
 * @param name its path in the repository
 * @param size bytes, or -1 where the hub does not say
 * @param sha256 SHA-256 of a large file, or empty
 * @param gitDigest Git's SHA-1 of a small file, or empty
 */
record HubFile(String name, long size, String sha256, String gitDigest) {
    static HubFile of(JsonNode sibling) {
        return new HubFile(
                sibling.path("rfilename").asText(),
                sibling.path("size").asLong(-1),
                sibling.path("lfs").path("sha256").asText(""),
                sibling.path("blobId").asText(""));
    }

    /** Whether a file on this machine is the one that the hub lists; true where the hub states no checksum and no size. */
    boolean isSameAs(Path file) throws IOException {
        if (size >= 0 && Files.size(file) != size) {
            return false;
        }
        if (!sha256.isEmpty()) {
            return FileDigest.of(file).equals(sha256);
        }
        return gitDigest.isEmpty() || gitDigest(file).equals(gitDigest);
    }

    /** Git names a file by the SHA-1 over its size and content. */
    private static String gitDigest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
