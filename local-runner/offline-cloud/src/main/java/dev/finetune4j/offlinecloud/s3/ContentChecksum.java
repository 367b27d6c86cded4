package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ChecksumKind.Running;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A checksum that is kept with an object or a part.
 *
 * @param kind how it is computed
 * @param value in base 64; a hyphen and the number of parts follow where it is one over the checksums of the parts
 * @param isComposite whether it is one over the checksums of the parts
 */
record ContentChecksum(ChecksumKind kind, String value, boolean isComposite) {
    static ContentChecksum whole(ChecksumKind kind, byte[] value) {
        return new ContentChecksum(kind, Base64.getEncoder().encodeToString(value), false);
    }

    /** The checksum of the checksums of parts, in their order. */
    static ContentChecksum composite(ChecksumKind kind, List<ContentChecksum> parts) {
        Running running = kind.start();
        for (ContentChecksum part : parts) {
            byte[] value = Base64.getDecoder().decode(part.value());
            running.update(value, 0, value.length);
        }
        return new ContentChecksum(
                kind, Base64.getEncoder().encodeToString(running.value()) + "-" + parts.size(), true);
    }

    String type() {
        return isComposite ? "COMPOSITE" : "FULL_OBJECT";
    }

    /** The headers that tell of it. */
    Map<String, String> headers() {
        return Map.of(kind.header(), value, "x-amz-checksum-type", type());
    }
}
