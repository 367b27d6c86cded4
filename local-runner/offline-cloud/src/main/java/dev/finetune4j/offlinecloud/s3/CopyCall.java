package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Storing an object that is stored already under another key. */
final class CopyCall implements S3Call {
    private final OfflineS3 s3;
    private final Clock clock;

    CopyCall(OfflineS3 s3, Clock clock) {
        this.s3 = s3;
        this.clock = clock;
    }

    @Override
    public Answer answer(S3Request request, Bucket bucket) throws ServiceError, IOException {
        Bucket.Condition condition = Conditions.ofWrite(request);
        boolean isReplacing = request.header("x-amz-metadata-directive")
                .filter("REPLACE"::equals)
                .isPresent();
        if (CopySource.of(request).equals(request.address()) && !isReplacing) {
            throw S3Errors.invalidRequest(
                    "This copy request is illegal because it is trying to copy an object to itself without changing the object's"
                            + " metadata, storage class, website redirect location or encryption attributes.");
        }
        Bucket.Opened opened = CopySource.open(request, s3);
        try (InputStream content = opened.content()) {
            StoredObject copy = copy(request, opened.object(), content, bucket, isReplacing);
            bucket.put(copy, condition);
            return S3Call.xml(Xml.of(
                    "CopyObjectResult",
                    List.of(
                            Xml.of("LastModified", ListCalls.time(copy.modified())),
                            Xml.of("ETag", S3Call.quoted(copy.etag())),
                            Xml.of(
                                    copy.checksum().kind().element(),
                                    copy.checksum().value()),
                            Xml.of("ChecksumType", copy.checksum().type()))));
        }
    }

    private StoredObject copy(
            S3Request request, StoredObject source, InputStream content, Bucket bucket, boolean isReplacing)
            throws ServiceError, IOException {
        Map<String, String> headers = isReplacing ? ObjectHeaders.of(request) : source.headers();
        Map<String, String> tags = request.header("x-amz-tagging-directive")
                        .filter("REPLACE"::equals)
                        .isPresent()
                ? ObjectHeaders.tags(request)
                : source.tags();
        ChecksumKind kind = source.checksum().kind();
        Content copied = bucket.contents().take(content, List.of(kind));
        return new StoredObject(
                request.key(),
                copied.file(),
                copied.size(),
                copied.md5(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                headers,
                tags,
                copied.checksum(kind));
    }
}
