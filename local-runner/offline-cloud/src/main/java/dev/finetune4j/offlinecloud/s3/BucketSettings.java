package dev.finetune4j.offlinecloud.s3;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a bucket is set to. It is kept and told back, and only a key has an effect: no version is kept, nothing ends by a life cycle, and
 * nobody is kept out by a bucket's policy.
 */
final class BucketSettings {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;
    private static final String VERSIONING = "BucketVersioning";
    private static final String POLICY = "BucketPolicy";
    private static final String ENCRYPTION = "BucketEncryption";
    private static final String PUBLIC_ACCESS = "PublicAccessBlock";
    private static final String OWNERSHIP = "BucketOwnershipControls";

    /** What the service sets in every new bucket. */
    static final Map<String, Xml> OF_NEW = Map.of(
            PUBLIC_ACCESS,
            Xml.of(
                    "PublicAccessBlockConfiguration",
                    List.of(
                            Xml.of("BlockPublicAcls", "true"),
                            Xml.of("IgnorePublicAcls", "true"),
                            Xml.of("BlockPublicPolicy", "true"),
                            Xml.of("RestrictPublicBuckets", "true"))),
            OWNERSHIP,
            Xml.of(
                    "OwnershipControls",
                    List.of(Xml.of("Rule", List.of(Xml.of("ObjectOwnership", "BucketOwnerEnforced"))))));

    private static final List<Setting> SETTINGS = List.of(
            new Setting(
                    PUBLIC_ACCESS,
                    "PublicAccessBlockConfiguration",
                    OK,
                    "NoSuchPublicAccessBlockConfiguration",
                    "The public access block configuration was not found"),
            new Setting(
                    OWNERSHIP,
                    "OwnershipControls",
                    OK,
                    "OwnershipControlsNotFoundError",
                    "The bucket ownership controls were not found"),
            new Setting(
                    "BucketLifecycleConfiguration",
                    "LifecycleConfiguration",
                    OK,
                    "NoSuchLifecycleConfiguration",
                    "The lifecycle configuration does not exist"),
            new Setting("BucketTagging", "Tagging", NO_CONTENT, "NoSuchTagSet", "The TagSet does not exist"),
            new Setting(
                    "BucketCors",
                    "CORSConfiguration",
                    OK,
                    "NoSuchCORSConfiguration",
                    "The CORS configuration does not exist"));

    private final OfflineS3 s3;

    BucketSettings(OfflineS3 s3) {
        this.s3 = s3;
    }

    /**
     * A setting that is a document of XML.
     *
     * @param name what operations call it after their verb
     * @param element the document's
     * @param kept the status where it was kept
     * @param absentCode what is told where it is not set
     */
    private record Setting(String name, String element, int kept, String absentCode, String absentMessage) {
        Answer get(S3Request request, Bucket bucket) throws ServiceError {
            return S3Call.xml(bucket.setting(name).orElseThrow(() -> absent(absentCode, absentMessage, bucket)));
        }

        Answer put(S3Request request, Bucket bucket) throws ServiceError {
            bucket.set(name, document(request, element));
            return Answer.empty(kept, Map.of());
        }

        Answer delete(S3Request request, Bucket bucket) {
            bucket.unset(name);
            return Answer.empty(NO_CONTENT, Map.of());
        }
    }

    /** The calls, by their operations. */
    Map<String, S3Call> calls() {
        Map<String, S3Call> calls = new HashMap<>();
        for (Setting setting : SETTINGS) {
            calls.put("Get" + setting.name(), setting::get);
            calls.put("Put" + setting.name(), setting::put);
            calls.put("Delete" + setting.name().replace("LifecycleConfiguration", "Lifecycle"), setting::delete);
        }
        calls.put("GetBucketVersioning", BucketSettings::versioning);
        calls.put("PutBucketVersioning", BucketSettings::keepVersioning);
        calls.put("GetBucketEncryption", this::encryption);
        calls.put("PutBucketEncryption", this::encrypt);
        calls.put("DeleteBucketEncryption", this::decrypt);
        calls.put("GetBucketPolicy", BucketSettings::policy);
        calls.put("PutBucketPolicy", BucketSettings::keepPolicy);
        calls.put("DeleteBucketPolicy", BucketSettings::removePolicy);
        calls.put("PutBucketAcl", BucketSettings::refuseAcl);
        return calls;
    }

    private static ServiceError absent(String code, String message, Bucket bucket) {
        return new ServiceError(NOT_FOUND, code, message).with("BucketName", bucket.name());
    }

    private static Xml document(S3Request request, String element) throws ServiceError {
        Xml document = Xml.read(request.body());
        if (!document.name().equals(element)) {
            throw Xml.malformed();
        }
        return document;
    }

    /** One that was never told to keep versions has no status. */
    private static Answer versioning(S3Request request, Bucket bucket) {
        return S3Call.xml(bucket.setting(VERSIONING).orElse(Xml.of("VersioningConfiguration", "")));
    }

    private static Answer keepVersioning(S3Request request, Bucket bucket) throws ServiceError {
        Xml document = document(request, "VersioningConfiguration");
        if (!document.textOf("Status").matches("Enabled|Suspended")) {
            throw Xml.malformed();
        }
        bucket.set(VERSIONING, document);
        return Answer.empty(OK, Map.of());
    }

    private Answer encryption(S3Request request, Bucket bucket) {
        return S3Call.xml(bucket.setting(ENCRYPTION).orElseGet(() -> usualEncryption(bucket)));
    }

    private Xml usualEncryption(Bucket bucket) {
        List<Xml> by = s3.keyOf(bucket.name())
                .map(key -> List.of(Xml.of("SSEAlgorithm", "aws:kms"), Xml.of("KMSMasterKeyID", key)))
                .orElse(List.of(Xml.of("SSEAlgorithm", "AES256")));
        Xml rule = Xml.of(
                "Rule", List.of(Xml.of("ApplyServerSideEncryptionByDefault", by), Xml.of("BucketKeyEnabled", "false")));
        return Xml.of("ServerSideEncryptionConfiguration", List.of(rule));
    }

    /** From then on who stores or reads must be allowed to use the key that is named. */
    private Answer encrypt(S3Request request, Bucket bucket) throws ServiceError {
        Xml document = document(request, "ServerSideEncryptionConfiguration");
        Xml by = document.child("Rule")
                .flatMap(rule -> rule.child("ApplyServerSideEncryptionByDefault"))
                .orElseThrow(Xml::malformed);
        String algorithm = by.textOf("SSEAlgorithm");
        String key = by.textOf("KMSMasterKeyID");
        if (!algorithm.matches("AES256|aws:kms(:dsse)?") || (algorithm.equals("AES256") && !key.isEmpty())) {
            throw Xml.malformed();
        }
        bucket.set(ENCRYPTION, document);
        s3.encryptBy(bucket, key);
        return Answer.empty(OK, Map.of());
    }

    private Answer decrypt(S3Request request, Bucket bucket) {
        bucket.unset(ENCRYPTION);
        s3.encryptBy(bucket, "");
        return Answer.empty(NO_CONTENT, Map.of());
    }

    private static Answer policy(S3Request request, Bucket bucket) throws ServiceError {
        Optional<Xml> policy = bucket.setting(POLICY);
        return Answer.text(
                OK,
                "application/json",
                policy.orElseThrow(() -> absent("NoSuchBucketPolicy", "The bucket policy does not exist", bucket))
                        .text());
    }

    private static Answer keepPolicy(S3Request request, Bucket bucket) throws ServiceError, IOException {
        String policy = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode statements;
        try {
            statements = Json.read(policy, JsonNode.class).path("Statement");
        } catch (UncheckedIOException e) {
            throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
        }
        if (statements.isEmpty()) {
            throw malformedPolicy("Missing required field Statement");
        }
        bucket.set(POLICY, Xml.of(POLICY, policy));
        return Answer.empty(NO_CONTENT, Map.of());
    }

    private static ServiceError malformedPolicy(String message) {
        return new ServiceError(BAD_REQUEST, "MalformedPolicy", message);
    }

    private static Answer removePolicy(S3Request request, Bucket bucket) {
        bucket.unset(POLICY);
        return Answer.empty(NO_CONTENT, Map.of());
    }

    /** As of every new bucket, whose objects are their owner's alone. */
    private static Answer refuseAcl(S3Request request, Bucket bucket) throws ServiceError {
        throw new ServiceError(BAD_REQUEST, "AccessControlListNotSupported", "The bucket does not allow ACLs")
                .with("BucketName", bucket.name());
    }
}
