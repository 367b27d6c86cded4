package dev.finetune4j.aws.s3;

import java.time.Instant;

/**
 * A file in the store.
 *
 * @param name what it is called below the prefix that was asked for
 * @param address the whole address, {@code s3://BUCKET/KEY}
 * @param bytes its size
 * @param modified when it was stored
 */
public record StoredFile(String name, String address, long bytes, Instant modified) {}
