package dev.finetune4j.offlinecloud.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where jobs have their inputs from and put their results to. Safe for use by several threads. */
public interface ObjectStore {
    /**
     * An object that was found by a prefix.
     *
     * @param uri {@code s3://BUCKET/KEY}
     * @param path what follows the last slash of the prefix, or the prefix and a slash; empty, or with a slash at its end, for the marker of a
     *     folder
     */
    record Found(String uri, String path) {
        /** Whether it only marks a folder. */
        public boolean isFolder() {
            return path.isEmpty() || path.endsWith("/");
        }

        /**
         * Where it belongs in a folder.
         *
         * @throws IOException if its path leads out of it
         */
        public Path in(Path folder) throws IOException {
            Path root = folder.toAbsolutePath().normalize();
            Path to = path.indexOf(0) < 0 ? root.resolve(path).normalize() : Path.of("/");
            if (!to.startsWith(root)) {
                throw new IOException("the key of " + uri + " leads out of its folder");
            }
            return to;
        }
    }

    /**
     * All objects whose names begin with a prefix, in the order of their names.
     *
     * @param prefix {@code s3://BUCKET/PREFIX}
     * @throws IOException if the bucket is not there
     */
    List<Found> list(String prefix) throws IOException;

    /**
     * Copies an object into a file, for which it makes the folders.
     *
     * @param uri {@code s3://BUCKET/KEY}
     * @throws IOException if it is not there, or cannot be read
     */
    void fetch(String uri, Path file) throws IOException;

    /**
     * Copies an object to where it belongs in a folder.
     *
     * @throws IOException if it cannot be read, or leads out of the folder
     */
    default void fetchInto(Path folder, Found found) throws IOException {
        if (found.isFolder()) {
            Files.createDirectories(found.in(folder));
        } else {
            fetch(found.uri(), found.in(folder));
        }
    }

    /**
     * Copies all objects whose names begin with a prefix into a folder. What follows the last slash of the prefix is the path below it.
     *
     * @param prefix {@code s3://BUCKET/PREFIX}
     * @return how many there are
     * @throws IOException if the bucket is not there, or an object cannot be read
     */
    default int download(String prefix, Path folder) throws IOException {
        List<Found> all = list(prefix);
        for (Found found : all) {
            fetchInto(folder, found);
        }
        return all.size();
    }

    /**
     * Stores a file, in place of what has that name.
     *
     * @param uri {@code s3://BUCKET/KEY}
     * @throws IOException if the bucket is not there, or does not take it
     */
    void upload(Path file, String uri) throws IOException;

    /**
     * The same store as a service sees it that acts as a role for a job: what the role's policies do not allow is an {@link IOException}, and
     * so is a bucket of another region.
     *
     * @param role ARN of the role
     * @param region of the job
     */
    ObjectStore actingAs(String role, String region);
}
