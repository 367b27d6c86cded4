package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Storing, reading and removing single objects. */
final class ObjectCalls {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;

    private final Clock clock;

    ObjectCalls(Clock clock) {
        this.clock = clock;
    }

    Answer put(S3Request request, Bucket bucket) throws ServiceError, IOException {
        Map<String, String> headers = ObjectHeaders.of(request);
        Map<String, String> tags = ObjectHeaders.tags(request);
        Bucket.Condition condition = Conditions.ofWrite(request);
        IncomingContent incoming = new IncomingContent(request);
        ChecksumKind kind = incoming.announced().orElse(ChecksumKind.CRC64NVME);
        Content content = incoming.take(bucket.contents(), kind);
        StoredObject object = new StoredObject(
                request.key(),
                content.file(),
                content.size(),
                content.md5(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                headers,
                tags,
                content.checksum(kind));
        bucket.put(object, condition);
        Map<String, String> answer = new LinkedHashMap<>(ObjectHeaders.encryption(headers));
        answer.put("ETag", S3Call.quoted(object.etag()));
        answer.putAll(object.checksum().headers());
        return Answer.empty(OK, answer);
    }

    Answer get(S3Request request, Bucket bucket) throws ServiceError, IOException {
        checkVersion(request);
        Bucket.Opened opened = bucket.open(request.key());
        InputStream content = opened.content();
        try {
            Answer answer = about(request, opened.object(), content);
            if (answer.body() != content) {
                content.close();
            }
            return answer;
        } catch (ServiceError | IOException e) {
            content.close();
            throw e;
        }
    }

    Answer head(S3Request request, Bucket bucket) throws ServiceError, IOException {
        checkVersion(request);
        return about(request, bucket.get(request.key()), InputStream.nullInputStream());
    }

    private static Answer about(S3Request request, StoredObject object, InputStream content)
            throws ServiceError, IOException {
        Map<String, String> headers = headers(request, object);
        if (!Conditions.isWanted(request, "", object)) {
            return Answer.empty(NOT_MODIFIED, headers);
        }
        Optional<ByteRange> range = ByteRange.of(request, object.size());
        if (range.isEmpty()) {
            boolean wantsChecksum = request.header("x-amz-checksum-mode")
                    .filter("ENABLED"::equalsIgnoreCase)
                    .isPresent();
            if (wantsChecksum) {
                headers.putAll(object.checksum().headers());
            }
            return new Answer(OK, headers, object.size(), content);
        }
        headers.put(
                "Content-Range",
                "bytes " + range.get().first() + "-" + range.get().last() + "/" + object.size());
        if (!request.method().equals("HEAD")) {
            content.skipNBytes(range.get().first());
        }
        return new Answer(PARTIAL, headers, range.get().length(), content);
    }

    private static Map<String, String> headers(S3Request request, StoredObject object) {
        Map<String, String> headers = new HashMap<>(object.headers());
        ObjectHeaders.OVERRIDES.forEach(
                (parameter, header) -> request.parameter(parameter).ifPresent(value -> headers.put(header, value)));
        headers.put("ETag", S3Call.quoted(object.etag()));
        headers.put("Last-Modified", Conditions.HTTP_DATE.format(object.modified()));
        headers.put("Accept-Ranges", "bytes");
        if (!object.tags().isEmpty()) {
            headers.put("x-amz-tagging-count", Integer.toString(object.tags().size()));
        }
        return headers;
    }

    Answer delete(S3Request request, Bucket bucket) throws ServiceError {
        checkVersion(request);
        Optional<String> match = request.header("if-match");
        bucket.delete(request.key(), match.isPresent() ? Conditions.ofWrite(request) : Bucket.Condition.NONE);
        return Answer.empty(NO_CONTENT, Map.of());
    }

    /** No object has another version than the one that it had before its bucket kept any. */
    static void checkVersion(S3Request request) throws ServiceError {
        checkVersion(request.parameter(Route.VERSION).orElse(ListCalls.ONLY_VERSION));
    }

    static void checkVersion(String version) throws ServiceError {
        if (!version.equals(ListCalls.ONLY_VERSION)) {
            throw S3Errors.invalidArgument("Invalid version id specified", Route.VERSION, version);
        }
    }
}
