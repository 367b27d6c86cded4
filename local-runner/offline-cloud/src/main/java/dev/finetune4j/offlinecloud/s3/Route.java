package dev.finetune4j.offlinecloud.s3;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    static final String VERSION = "versionId";
    private static final Set<String> READ = Stream.concat(Stream.of(VERSION), ObjectHeaders.OVERRIDES.keySet().stream())
            .collect(Collectors.toUnmodifiableSet());
    private static final Map<String, String> COPIES = Map.of("PutObject", "CopyObject", "UploadPart", "UploadPartCopy");
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
            of("ListObjects", "GET", Level.BUCKET, "", "prefix", "delimiter", "max-keys", "marker", "encoding-type"),
            of(
                    "ListObjectVersions",
                    "GET",
                    Level.BUCKET,
                    "versions",
                    "prefix",
                    "delimiter",
                    "max-keys",
                    "key-marker",
                    "version-id-marker",
                    "encoding-type"),
            of("PutBucketVersioning", "PUT", Level.BUCKET, "versioning"),
            of("PutBucketEncryption", "PUT", Level.BUCKET, "encryption"),
            of("DeleteBucketEncryption", "DELETE", Level.BUCKET, "encryption"),
            of("PutBucketOwnershipControls", "PUT", Level.BUCKET, "ownershipControls"),
            of("DeleteBucketOwnershipControls", "DELETE", Level.BUCKET, "ownershipControls"),
            of("PutBucketPolicy", "PUT", Level.BUCKET, "policy"),
            of("DeleteBucketPolicy", "DELETE", Level.BUCKET, "policy"),
            of("PutBucketLifecycleConfiguration", "PUT", Level.BUCKET, "lifecycle"),
            of("DeleteBucketLifecycle", "DELETE", Level.BUCKET, "lifecycle"),
            of("PutBucketTagging", "PUT", Level.BUCKET, "tagging"),
            of("DeleteBucketTagging", "DELETE", Level.BUCKET, "tagging"),
            of("PutBucketCors", "PUT", Level.BUCKET, "cors"),
            of("DeleteBucketCors", "DELETE", Level.BUCKET, "cors"),
            of("PutBucketAcl", "PUT", Level.BUCKET, "acl"),
            of("PutPublicAccessBlock", "PUT", Level.BUCKET, "publicAccessBlock"),
            of("DeletePublicAccessBlock", "DELETE", Level.BUCKET, "publicAccessBlock"),
            of("GetBucketVersioning", "GET", Level.BUCKET, "versioning"),
            of("GetBucketEncryption", "GET", Level.BUCKET, "encryption"),
            of("GetPublicAccessBlock", "GET", Level.BUCKET, "publicAccessBlock"),
            of("GetBucketOwnershipControls", "GET", Level.BUCKET, "ownershipControls"),
            of("GetBucketPolicy", "GET", Level.BUCKET, "policy"),
            of("GetBucketLifecycleConfiguration", "GET", Level.BUCKET, "lifecycle"),
            of("GetBucketTagging", "GET", Level.BUCKET, "tagging"),
            of("GetBucketCors", "GET", Level.BUCKET, "cors"),
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
            of("GetObjectAttributes", "GET", Level.OBJECT, "attributes", VERSION),
            new Route("GetObject", "GET", Level.OBJECT, "", READ),
            new Route("HeadObject", "HEAD", Level.OBJECT, "", READ),
            of("AbortMultipartUpload", "DELETE", Level.OBJECT, "uploadId"),
            of("DeleteObjectTagging", "DELETE", Level.OBJECT, "tagging"),
            of("DeleteObject", "DELETE", Level.OBJECT, "", VERSION),
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
        return ROUTES.stream()
                .filter(route -> route.isMarked(request)
                        && request.query().keySet().stream().allMatch(route::takes))
                .findFirst()
                .map(Route::operation)
                .map(name -> request.header("x-amz-copy-source").isPresent() ? COPIES.getOrDefault(name, name) : name);
    }

    /** An operation that is here, with the parameters that it does not have here; empty where it is none of these. */
    static Optional<String> withMore(S3Request request) {
        return ROUTES.stream()
                .filter(route -> route.isMarked(request))
                .findFirst()
                .map(route -> route.operation() + " with "
                        + request.query().keySet().stream()
                                .filter(name -> !route.takes(name))
                                .collect(Collectors.joining(", ")));
    }

    static Level level(S3Request request) {
        return request.bucket().isEmpty() ? Level.ACCOUNT : request.key().isEmpty() ? Level.BUCKET : Level.OBJECT;
    }

    private boolean isMarked(S3Request request) {
        return level == level(request)
                && method.equals(request.method())
                && (mark.isEmpty() || request.query().containsKey(mark));
    }

    private boolean takes(String parameter) {
        return parameter.equals(mark) || parameter.equals("x-id") || parameters.contains(parameter);
    }
}
