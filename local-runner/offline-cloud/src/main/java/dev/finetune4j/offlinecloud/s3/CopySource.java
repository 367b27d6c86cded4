package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;

/** The object that a request copies from. */
final class CopySource {
    private CopySource() {}

    /** Its address. */
    static S3Address of(S3Request request) throws ServiceError {
        String told = request.header("x-amz-copy-source").orElse("");
        if (told.contains("?")) {
            throw S3Errors.notImplemented("x-amz-copy-source with a version");
        }
        S3Address source = S3Address.of("", told);
        if (source.key().isEmpty()) {
            throw S3Errors.invalidArgument(
                    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                    "x-amz-copy-source",
                    told);
        }
        return source;
    }

    /**
     * Opens it.
     *
     * @throws ServiceError if it is not there, or not as the request demands
     */
    static Bucket.Opened open(S3Request request, OfflineS3 s3) throws ServiceError, IOException {
        S3Address source = of(request);
        Bucket.Opened opened = s3.bucketOf(source.bucket(), request.header("x-amz-source-expected-bucket-owner"))
                .open(source.key());
        try {
            if (!Conditions.isWanted(request, "x-amz-copy-source-", opened.object())) {
                throw S3Errors.preconditionFailed("x-amz-copy-source-If-None-Match");
            }
        } catch (ServiceError e) {
            opened.content().close();
            throw e;
        }
        return opened;
    }
}
