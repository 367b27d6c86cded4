package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Removing up to a thousand objects by one call. */
final class DeleteObjectsCall implements S3Call {
    private static final int MOST = 1000;

    private final OfflineS3 s3;

    DeleteObjectsCall(OfflineS3 s3) {
        this.s3 = s3;
    }

    @Override
    public Answer answer(S3Request request, Bucket bucket) throws ServiceError, IOException {
        Xml document = document(request, bucket);
        List<Xml> keys = document.all("Object");
        if (!document.name().equals("Delete") || keys.isEmpty() || keys.size() > MOST) {
            throw Xml.malformed();
        }
        boolean isQuiet = Boolean.parseBoolean(document.textOf("Quiet").strip());
        List<Xml> all = new ArrayList<>();
        for (Xml object : keys) {
            String key = object.textOf("Key");
            if (key.isEmpty()) {
                throw Xml.malformed();
            }
            try {
                delete(request, bucket, key, object.textOf("VersionId"));
                if (!isQuiet) {
                    all.add(Xml.of("Deleted", named(object)));
                }
            } catch (ServiceError error) {
                ServiceError own = S3Errors.inOwnWords(error);
                all.add(Xml.of(
                        "Error",
                        List.of(
                                Xml.of("Key", key),
                                Xml.of("Code", own.code()),
                                Xml.of("Message", String.valueOf(own.getMessage())))));
            }
        }
        return S3Call.xml(Xml.of("DeleteResult", all));
    }

    private void delete(S3Request request, Bucket bucket, String key, String version) throws ServiceError {
        String action = version.isEmpty() ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
        s3.gate().admit(request.session(), S3Accesses.object(action, bucket.name(), key));
        if (!version.isEmpty()) {
            ObjectCalls.checkVersion(version);
        }
        bucket.delete(key, Bucket.Condition.NONE);
    }

    /** An object as the request names it. */
    private static List<Xml> named(Xml object) {
        return object.children().stream()
                .filter(child -> child.name().equals("Key") || child.name().equals("VersionId"))
                .toList();
    }

    private static Xml document(S3Request request, Bucket bucket) throws ServiceError, IOException {
        IncomingContent incoming = new IncomingContent(request);
        if (request.header("content-md5").isEmpty() && incoming.announced().isEmpty()) {
            throw S3Errors.invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }
        Content content = incoming.take(bucket.contents(), ChecksumKind.CRC32);
        try (InputStream from = Files.newInputStream(content.file())) {
            return Xml.read(from);
        } finally {
            bucket.contents().drop(content.file());
        }
    }
}
