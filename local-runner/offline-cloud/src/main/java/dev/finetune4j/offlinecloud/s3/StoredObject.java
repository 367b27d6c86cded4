package dev.finetune4j.offlinecloud.s3;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One object. Its content never changes: a new one of the same key has a new file.
 *
 * @param key its name within the bucket
 * @param content the file with its bytes, whose name has nothing of the key
 * @param size bytes
 * @param etag without quotes
 * @param modified when it was stored, in whole seconds
 * @param headers what is sent with it each time: its type, its metadata, its encryption
 * @param tags names to values
 * @param checksum what it is proved by
 */
record StoredObject(
        String key,
        Path content,
        long size,
        String etag,
        Instant modified,
        Map<String, String> headers,
        Map<String, String> tags,
        ContentChecksum checksum) {
    StoredObject {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    StoredObject withTags(Map<String, String> others) {
        return new StoredObject(key, content, size, etag, modified, headers, others, checksum);
    }
}
