package dev.finetune4j.azure.blob;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobItemProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.DownloadRetryOptions;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings blobs into files. A file is there in whole or not at all: until then its bytes lie beside it under a name that belongs to this version of
 * the blob, from where a later call goes on.
 */
final class BlobFetcher {
    private static final int PARTIAL_NAME_DIGITS = 32;

    private final BlobContainerClient container;
    private final int retries;

    /** @param retries how often an answer that breaks off is asked to go on */
    BlobFetcher(BlobContainerClient container, int retries) {
        this.container = container;
        this.retries = retries;
    }

    /**
     * A blob's digest, as it was when it was stored.
     *
     * @param kind what of
     * @param expected in hexadecimal
     */
    private record Proof(String kind, String expected) {
        static Optional<Proof> of(BlobItem item) {
            String sha256 = BlobStore.metadata(item).get(BlobStore.SHA256);
            if (sha256 != null) {
                return Optional.of(new Proof("SHA-256", sha256));
            }
            byte @Nullable [] md5 = item.getProperties().getContentMd5();
            return md5 == null || md5.length == 0
                    ? Optional.empty()
                    : Optional.of(new Proof("MD5", HexFormat.of().formatHex(md5)));
        }

        boolean holds(Path file) throws IOException {
            return expected.equals(kind.equals("MD5") ? StagedFile.md5(file) : StagedFile.sha256(file));
        }
    }

    /**
     * Brings one blob; a file that is there with the same content is left alone. Failures of the service are those of Microsoft's client.
     *
     * @return what is wrong with what came, which is kept nowhere; empty where it is as it was stored
     * @throws IOException if the disk does not take it
     */
    Optional<String> fetch(Path file, BlobItem item) throws IOException {
        BlobItemProperties properties = item.getProperties();
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        Optional<Proof> proof = Proof.of(item);
        FileTime modified = FileTime.from(properties.getLastModified().toInstant());
        if (isHere(file, properties.getContentLength(), modified, proof)) {
            return Optional.empty();
        }
        String version = item.getName() + " " + properties.getETag();
        Path partial = folder.resolve(".finetune4j-"
                + Json.sha256(version.getBytes(StandardCharsets.UTF_8)).substring(0, PARTIAL_NAME_DIGITS)
                + ".partial");
        bring(item, partial);
        if (proof.isPresent() && !proof.get().holds(partial)) {
            Files.delete(partial);
            return Optional.of(
                    "its " + proof.get().kind() + " is not " + proof.get().expected());
        }
        Files.setLastModifiedTime(partial, modified);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        return Optional.empty();
    }

    /** By its digest where it has one; else it is the same where size and time are those of the blob. */
    private static boolean isHere(Path file, long size, FileTime modified, Optional<Proof> proof) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) != size) {
            return false;
        }
        return proof.isPresent()
                ? proof.get().holds(file)
                : Files.getLastModifiedTime(file).equals(modified);
    }

    private void bring(BlobItem item, Path partial) throws IOException {
        long size = item.getProperties().getContentLength();
        long have = Files.exists(partial) ? Files.size(partial) : 0;
        if (have > size) {
            Files.delete(partial);
            have = 0;
        }
        try (OutputStream to = Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            if (have < size) {
                var unused = container
                        .getBlobClient(item.getName())
                        .downloadStreamWithResponse(
                                to,
                                new BlobRange(have),
                                new DownloadRetryOptions().setMaxRetryRequests(retries),
                                new BlobRequestConditions()
                                        .setIfMatch(quoted(item.getProperties().getETag())),
                                false,
                                null,
                                Context.NONE);
            }
        }
    }

    /** A list tells it bare. */
    private static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
    }
}
