package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.Route.Level;
import java.util.Map;

/** The names of operations that S3 has and that are not here, so that who asks for one hears which it is. */
final class OtherOperations {
    private static final Map<String, String> OF_BUCKETS = Map.ofEntries(
            Map.entry("accelerate", "BucketAccelerateConfiguration"),
            Map.entry("acl", "BucketAcl"),
            Map.entry("analytics", "BucketAnalyticsConfiguration"),
            Map.entry("cors", "BucketCors"),
            Map.entry("encryption", "BucketEncryption"),
            Map.entry("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
            Map.entry("inventory", "BucketInventoryConfiguration"),
            Map.entry("lifecycle", "BucketLifecycleConfiguration"),
            Map.entry("logging", "BucketLogging"),
            Map.entry("metrics", "BucketMetricsConfiguration"),
            Map.entry("notification", "BucketNotificationConfiguration"),
            Map.entry("object-lock", "ObjectLockConfiguration"),
            Map.entry("ownershipControls", "BucketOwnershipControls"),
            Map.entry("policy", "BucketPolicy"),
            Map.entry("policyStatus", "BucketPolicyStatus"),
            Map.entry("publicAccessBlock", "PublicAccessBlock"),
            Map.entry("replication", "BucketReplication"),
            Map.entry("requestPayment", "BucketRequestPayment"),
            Map.entry("tagging", "BucketTagging"),
            Map.entry("versioning", "BucketVersioning"),
            Map.entry("website", "BucketWebsite"));

    private static final Map<String, String> OF_OBJECTS = Map.of(
            "acl", "ObjectAcl",
            "legal-hold", "ObjectLegalHold",
            "retention", "ObjectRetention",
            "torrent", "ObjectTorrent");

    private static final Map<String, String> POSTED =
            Map.of("restore", "RestoreObject", "select", "SelectObjectContent");
    private static final Map<String, String> VERBS = Map.of("GET", "Get", "PUT", "Put", "DELETE", "Delete");

    private OtherOperations() {}

    /** What a request asks for that no route fits; its method and parameters where that is no operation of the service. */
    static String name(S3Request request) {
        Level level = Route.level(request);
        if (request.method().equals("POST")
                && level == Level.BUCKET
                && request.query().isEmpty()) {
            return "PostObject";
        }
        for (String parameter : request.query().keySet()) {
            String name = name(request.method(), level, parameter);
            if (!name.isEmpty()) {
                return name;
            }
        }
        return Route.withMore(request)
                .orElse(request.method() + " ?"
                        + String.join("&", request.query().keySet()));
    }

    private static String name(String method, Level level, String parameter) {
        if (method.equals("POST")) {
            return POSTED.getOrDefault(parameter, "");
        }
        String noun = (level == Level.BUCKET ? OF_BUCKETS : OF_OBJECTS).getOrDefault(parameter, "");
        String verb = VERBS.getOrDefault(method, "");
        return noun.isEmpty() || verb.isEmpty() ? "" : verb + noun;
    }
}
