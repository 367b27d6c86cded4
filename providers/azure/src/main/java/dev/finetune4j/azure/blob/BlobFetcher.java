package dev.finetune4j.azure.blob;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobItemProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.DownloadRetryOptions;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings blobs into files. A file is there in whole or not at all: until then its bytes lie beside it under a name that belongs to this version of
 * the blob, from where a later call goes on. One at a time brings a file; whoever comes meanwhile is asked to come again.
 */
final class BlobFetcher {
    private static final int PARTIAL_NAME_DIGITS = 16;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** Far behind all that is written, since on Windows nobody reads what is locked. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

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
     * @throws FineTuneException with FT0965 while another one brings the same file
     */
    Optional<String> fetch(Path file, BlobItem item) throws IOException {
        BlobItemProperties properties = item.getProperties();
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        Optional<Proof> proof = Proof.of(item);
        FileTime modified = FileTime.from(properties.getLastModified().toInstant());
        if (isHere(file, properties.getContentLength(), modified, proof)) {
            return Optional.empty();
        }
        Path partial = partial(folder, item);
        try (FileChannel to = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Whoever had the lock before may have moved away what is open here.
            if (!isLocked(to) || !Files.exists(partial)) {
                throw AzureStoreProblems.LOCAL
                        .error(file + " is being fetched by another call")
                        .because("its bytes are written to " + partial)
                        .remedy("run the same command again")
                        .retry(Retry.after(PAUSE))
                        .asException();
            }
            bring(item, to);
            Optional<String> damage = damage(partial, properties.getContentLength(), proof);
            if (damage.isPresent()) {
                Files.delete(partial);
                return damage;
            }
            Files.setLastModifiedTime(partial, modified);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return Optional.empty();
    }

    /** The bytes of this version of a blob; those of others, which nobody will go on with, are removed. */
    private static Path partial(Path folder, BlobItem item) throws IOException {
        String ofBlob = ".finetune4j-" + digits(item.getName()) + "-";
        Path partial = folder.resolve(ofBlob + digits(item.getProperties().getETag()) + ".partial");
        try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, ofBlob + "*.partial")) {
            for (Path other : others) {
                if (!other.equals(partial)) {
                    Files.deleteIfExists(other);
                }
            }
        }
        return partial;
    }

    private static String digits(String text) {
        return Json.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, PARTIAL_NAME_DIGITS);
    }

    /** It is kept until the channel is closed. */
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false) != null;
        } catch (OverlappingFileLockException e) {
            return false; // by another thread
        }
    }

    /** What jobs wrote has no digest, so that its size is all that shows a gateway which sent all of it where a rest was asked for. */
    private static Optional<String> damage(Path partial, long size, Optional<Proof> proof) throws IOException {
        long came = Files.size(partial);
        if (came != size) {
            return Optional.of("it has " + came + " bytes, not " + size);
        }
        return proof.isEmpty() || proof.get().holds(partial)
                ? Optional.empty()
                : Optional.of(
                        "its " + proof.get().kind() + " is not " + proof.get().expected());
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

    private void bring(BlobItem item, FileChannel to) throws IOException {
        long size = item.getProperties().getContentLength();
        if (to.size() > size) {
            to.truncate(0);
        }
        long have = to.size();
        if (have < size) {
            to.position(have);
            var unused = container
                    .getBlobClient(item.getName())
                    .downloadStreamWithResponse(
                            Channels.newOutputStream(to),
                            new BlobRange(have),
                            new DownloadRetryOptions().setMaxRetryRequests(retries),
                            new BlobRequestConditions()
                                    .setIfMatch(quoted(item.getProperties().getETag())),
                            false,
                            null,
                            Context.NONE);
        }
        to.force(true);
    }

    /** A list tells it bare. */
    private static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
    }
}
