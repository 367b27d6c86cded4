package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of an object.
 *
 * @param first its first byte, from 0
 * @param last its last byte
 */
record ByteRange(long first, long last) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /**
     * The part that is asked for; empty where it is the whole, or cannot be understood.
     *
     * @throws ServiceError if the object has no such part
     */
    static Optional<ByteRange> of(S3Request request, long size) throws ServiceError {
        Matcher range = RANGE.matcher(request.header("range").orElse(""));
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (range.group(1).isEmpty()) {
            long length = Long.parseLong(range.group(2));
            if (length == 0 || size == 0) {
                throw S3Errors.invalidRange(range.group(), size);
            }
            return Optional.of(new ByteRange(Math.max(0, size - length), size - 1));
        }
        long first = Long.parseLong(range.group(1));
        long last = range.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(range.group(2)));
        if (first >= size) {
            throw S3Errors.invalidRange(range.group(), size);
        }
        return last < first ? Optional.empty() : Optional.of(new ByteRange(first, last));
    }

    long length() {
        return last - first + 1;
    }
}
