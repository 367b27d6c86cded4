package dev.finetune4j.offlinecloud.s3;

import java.io.IOException;
import java.nio.file.Path;

/** Where jobs have their inputs from and put their results to. Safe for use by several threads. */
public interface ObjectStore {
    /**
     * Copies all objects whose names begin with a prefix into a folder. What follows the last slash of the prefix is the path below it.
     *
     * @param prefix {@code s3://BUCKET/PREFIX}
     * @return how many there are
     * @throws IOException if the bucket is not there, or an object cannot be read
     */
    int download(String prefix, Path folder) throws IOException;

    /**
     * Stores a file, in place of what has that name.
     *
     * @param uri {@code s3://BUCKET/KEY}
     * @throws IOException if the bucket is not there, or does not take it
     */
    void upload(Path file, String uri) throws IOException;

    /**
     * The same store as somebody sees it who acts as a role: what the role's policies do not allow is an {@link IOException}.
     *
     * @param role ARN of the role
     */
    ObjectStore actingAs(String role);
}
