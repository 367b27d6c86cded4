package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a client makes a call depend on. */
final class Conditions {
    static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Conditions() {}

    /** What must hold of what is there, for something to be stored in its place. */
    static Bucket.Condition ofWrite(S3Request request) throws ServiceError {
        Optional<String> match = request.header("if-match");
        Optional<String> noneMatch = request.header("if-none-match");
        if (noneMatch.isPresent() && !noneMatch.get().equals("*")) {
            throw S3Errors.notImplemented("If-None-Match");
        }
        return there -> {
            if (noneMatch.isPresent() && there.isPresent()) {
                throw S3Errors.preconditionFailed("If-None-Match");
            }
            if (match.isPresent()) {
                if (there.isEmpty()) {
                    throw S3Errors.noSuchKey(request.key());
                }
                if (!isTag(match.get(), there.get().etag())) {
                    throw S3Errors.preconditionFailed("If-Match");
                }
            }
        };
    }

    /**
     * Whether a reader wants an object.
     *
     * @param prefix of the headers, empty for those of the protocol
     * @return false where it has it already
     * @throws ServiceError if it is another one than the reader asks for
     */
    static boolean isWanted(S3Request request, String prefix, StoredObject object) throws ServiceError {
        Optional<String> match = request.header(prefix + "if-match");
        if (match.isPresent() && !isTag(match.get(), object.etag())) {
            throw S3Errors.preconditionFailed("If-Match");
        }
        Optional<Instant> before = date(request, prefix + "if-unmodified-since");
        if (match.isEmpty() && before.isPresent() && object.modified().isAfter(before.get())) {
            throw S3Errors.preconditionFailed("If-Unmodified-Since");
        }
        Optional<String> noneMatch = request.header(prefix + "if-none-match");
        if (noneMatch.isPresent()) {
            return !isTag(noneMatch.get(), object.etag());
        }
        Optional<Instant> since = date(request, prefix + "if-modified-since");
        return since.isEmpty() || object.modified().isAfter(since.get());
    }

    private static boolean isTag(String told, String etag) {
        return Arrays.stream(told.split(","))
                .map(tag -> tag.strip().replace("\"", ""))
                .anyMatch(tag -> tag.equals("*") || tag.equals(etag));
    }

    /** A date that nobody can read is no condition. */
    private static Optional<Instant> date(S3Request request, String header) {
        try {
            return request.header(header)
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
