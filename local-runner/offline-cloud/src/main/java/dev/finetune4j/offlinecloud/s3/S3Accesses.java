package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;

/** What a caller must be allowed for an operation: IAM has fewer words than S3 has operations. */
final class S3Accesses {
    private static final String PREFIX = "s3:prefix";

    private S3Accesses() {}

    /** Empty for the removal of many objects, which is asked for each of them. */
    static List<Access> of(String operation, S3Request request) throws ServiceError {
        String arn = request.address().arn();
        String version = request.parameter(Route.VERSION).isPresent() ? "Version" : "";
        return switch (operation) {
            case "ListBuckets" -> List.of(Access.to("s3:ListAllMyBuckets", "*"));
            case "HeadBucket" -> List.of(Access.to("s3:ListBucket", arn));
            case "ListObjects", "ListObjectsV2" ->
                List.of(list(request.bucket(), request.parameter("prefix").orElse("")));
            case "ListMultipartUploads" -> List.of(Access.to("s3:ListBucketMultipartUploads", arn));
            case "ListParts" -> List.of(Access.to("s3:ListMultipartUploadParts", arn));
            case "HeadObject", "GetObject" -> List.of(Access.to("s3:GetObject" + version, arn));
            case "GetObjectAttributes" ->
                List.of(
                        Access.to("s3:GetObject" + version, arn),
                        Access.to("s3:GetObject" + version + "Attributes", arn));
            case "DeleteObject" -> List.of(Access.to("s3:DeleteObject" + version, arn));
            case "ListObjectVersions" ->
                List.of(Access.to("s3:ListBucketVersions", arn)
                        .with(PREFIX, request.parameter("prefix").orElse("")));
            case "GetBucketEncryption" -> List.of(Access.to("s3:GetEncryptionConfiguration", arn));
            case "PutBucketEncryption", "DeleteBucketEncryption" ->
                List.of(Access.to("s3:PutEncryptionConfiguration", arn));
            case "GetBucketLifecycleConfiguration" -> List.of(Access.to("s3:GetLifecycleConfiguration", arn));
            case "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle" ->
                List.of(Access.to("s3:PutLifecycleConfiguration", arn));
            case "GetPublicAccessBlock" -> List.of(Access.to("s3:GetBucketPublicAccessBlock", arn));
            case "PutPublicAccessBlock", "DeletePublicAccessBlock" ->
                List.of(Access.to("s3:PutBucketPublicAccessBlock", arn));
            case "GetBucketCors" -> List.of(Access.to("s3:GetBucketCORS", arn));
            case "PutBucketCors", "DeleteBucketCors" -> List.of(Access.to("s3:PutBucketCORS", arn));
            case "DeleteBucketTagging" -> List.of(Access.to("s3:PutBucketTagging", arn));
            case "DeleteBucketOwnershipControls" -> List.of(Access.to("s3:PutBucketOwnershipControls", arn));
            case "CopyObject", "UploadPartCopy" ->
                List.of(Access.to("s3:GetObject", source(request)), Access.to("s3:PutObject", arn));
            case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" ->
                List.of(Access.to("s3:PutObject", arn));
            case "DeleteObjects" -> List.of();
            default -> List.of(Access.to("s3:" + operation, arn));
        };
    }

    /** What S3 does with a key for the caller. */
    static List<Access> toKey(String operation, String key, String region) {
        List<String> actions = switch (operation) {
            case "PutObject", "CreateMultipartUpload" -> List.of("kms:GenerateDataKey");
            case "UploadPart", "CompleteMultipartUpload", "GetObject" -> List.of("kms:Decrypt");
            case "CopyObject", "UploadPartCopy" -> List.of("kms:Decrypt", "kms:GenerateDataKey");
            default -> List.of();
        };
        return actions.stream()
                .map(action -> Access.to(action, key).with("kms:ViaService", "s3." + region + ".amazonaws.com"))
                .toList();
    }

    static Access list(String bucket, String prefix) {
        return Access.to("s3:ListBucket", new S3Address(bucket, "").arn()).with(PREFIX, prefix);
    }

    /** To hear that an object is not there takes leave to list the bucket, of which the request names no part. */
    static Access toMiss(String bucket) {
        return Access.to("s3:ListBucket", new S3Address(bucket, "").arn());
    }

    static Access object(String action, String bucket, String key) {
        return Access.to(action, new S3Address(bucket, key).arn());
    }

    private static String source(S3Request request) throws ServiceError {
        return CopySource.of(request).arn();
    }
}
