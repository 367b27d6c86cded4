package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.List;

/** What a bucket is set to: as a new one is, but for its key. Nothing of it can be changed. */
final class BucketSettings {
    private final OfflineS3 s3;

    BucketSettings(OfflineS3 s3) {
        this.s3 = s3;
    }

    /** One that was never told to keep versions has no status. */
    static Answer versioning(S3Request request, Bucket bucket) {
        return S3Call.xml(Xml.of("VersioningConfiguration", ""));
    }

    Answer encryption(S3Request request, Bucket bucket) {
        List<Xml> by = s3.keyOf(bucket.name())
                .map(key -> List.of(Xml.of("SSEAlgorithm", "aws:kms"), Xml.of("KMSMasterKeyID", key)))
                .orElse(List.of(Xml.of("SSEAlgorithm", "AES256")));
        Xml rule = Xml.of(
                "Rule", List.of(Xml.of("ApplyServerSideEncryptionByDefault", by), Xml.of("BucketKeyEnabled", "false")));
        return S3Call.xml(Xml.of("ServerSideEncryptionConfiguration", List.of(rule)));
    }

    static Answer publicAccessBlock(S3Request request, Bucket bucket) {
        return S3Call.xml(Xml.of(
                "PublicAccessBlockConfiguration",
                List.of(
                        Xml.of("BlockPublicAcls", "true"),
                        Xml.of("IgnorePublicAcls", "true"),
                        Xml.of("BlockPublicPolicy", "true"),
                        Xml.of("RestrictPublicBuckets", "true"))));
    }

    static Answer ownershipControls(S3Request request, Bucket bucket) {
        return S3Call.xml(Xml.of(
                "OwnershipControls",
                List.of(Xml.of("Rule", List.of(Xml.of("ObjectOwnership", "BucketOwnerEnforced"))))));
    }

    /** A setting that no new bucket has. */
    static S3Call notSet(String code, String message) {
        return (request, bucket) -> {
            throw new ServiceError(404, code, message).with("BucketName", bucket.name());
        };
    }
}
