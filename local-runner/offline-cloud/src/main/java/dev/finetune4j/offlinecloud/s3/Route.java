package dev.finetune4j.offlinecloud.s3;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How an operation is told from others. A request with parameters that an operation does not have here is none of it, since what they
 * mean would be passed over.
 *
 * @param operation the service's name of it
 * @param method HTTP method
 * @param level what it is about
 * @param mark the parameter that must be there, empty if none
 * @param parameters that may be there
 */
record Route(String operation, String method, Level level, String mark, Set<String> parameters) {
    private static final List<Route> ROUTES = List.of(
            of("ListBuckets", "GET", Level.ACCOUNT, "", "prefix", "bucket-region"),
            of("CreateBucket", "PUT", Level.BUCKET, ""),
            of("HeadBucket", "HEAD", Level.BUCKET, ""),
            of("DeleteBucket", "DELETE", Level.BUCKET, ""),
            of("GetBucketLocation", "GET", Level.BUCKET, "location"),
            of(
                    "ListObjectsV2",
                    "GET",
                    Level.BUCKET,
                    "list-type",
                    "prefix",
                    "delimiter",
                    "max-keys",
                    "continuation-token",
                    "start-after",
                    "encoding-type",
                    "fetch-owner"),
            of(
                    "ListMultipartUploads",
                    "GET",
                    Level.BUCKET,
                    "uploads",
                    "prefix",
                    "key-marker",
                    "upload-id-marker",
                    "max-uploads",
                    "encoding-type"),
            of("DeleteObjects", "POST", Level.BUCKET, "delete"),
            of("UploadPart", "PUT", Level.OBJECT, "uploadId", "partNumber"),
            of("PutObjectTagging", "PUT", Level.OBJECT, "tagging"),
            of("PutObject", "PUT", Level.OBJECT, ""),
            of("ListParts", "GET", Level.OBJECT, "uploadId", "max-parts", "part-number-marker"),
            of("GetObjectTagging", "GET", Level.OBJECT, "tagging"),
            of("GetObject", "GET", Level.OBJECT, ""),
            of("HeadObject", "HEAD", Level.OBJECT, ""),
            of("AbortMultipartUpload", "DELETE", Level.OBJECT, "uploadId"),
            of("DeleteObjectTagging", "DELETE", Level.OBJECT, "tagging"),
            of("DeleteObject", "DELETE", Level.OBJECT, ""),
            of("CreateMultipartUpload", "POST", Level.OBJECT, "uploads"),
            of("CompleteMultipartUpload", "POST", Level.OBJECT, "uploadId"));

    /** What a request is about. */
    enum Level {
        ACCOUNT,
        BUCKET,
        OBJECT
    }

    private static Route of(String operation, String method, Level level, String mark, String... parameters) {
        return new Route(operation, method, level, mark, Set.of(parameters));
    }

    /** The operation that a request asks for; empty where there is none. */
    static Optional<String> operation(S3Request request) {
        Level level =
                request.bucket().isEmpty() ? Level.ACCOUNT : request.key().isEmpty() ? Level.BUCKET : Level.OBJECT;
        return ROUTES.stream()
                .filter(route -> route.level() == level && route.fits(request))
                .findFirst()
                .map(Route::operation)
                .map(name -> isCopy(request) && name.equals("PutObject") ? "CopyObject" : name);
    }

    static boolean isCopy(S3Request request) {
        return request.header("x-amz-copy-source").isPresent();
    }

    private boolean fits(S3Request request) {
        return method.equals(request.method())
                && (mark.isEmpty() || request.query().containsKey(mark))
                && request.query().keySet().stream()
                        .allMatch(name -> name.equals(mark) || name.equals("x-id") || parameters.contains(name));
    }
}
