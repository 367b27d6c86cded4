package dev.finetune4j.aws.s3;

import java.time.Instant;

/**
 * All files in the store that lie below one name.
 *
 * @param name what the folder is called below the prefix that was asked for, without a slash
 * @param address the whole address, {@code s3://BUCKET/KEY/}
 * @param bytes size of all of them
 * @param lastStored when the last of them was stored
 */
public record StoredFolder(String name, String address, long bytes, Instant lastStored) {
    StoredFolder plus(StoredFolder other) {
        return new StoredFolder(
                name,
                address,
                bytes + other.bytes,
                other.lastStored.isAfter(lastStored) ? other.lastStored : lastStored);
    }
}
