package dev.finetune4j.offlinecloud.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Computes signatures of version 2 of addresses, which only S3 still takes. */
final class SignatureV2 {
    private static final String MAC = "HmacSHA1";

    /** Parameters that say what is asked for; all others are not signed. */
    private static final Set<String> SUBRESOURCES = Set.of(
            "accelerate",
            "acl",
            "analytics",
            "cors",
            "delete",
            "inventory",
            "lifecycle",
            "location",
            "logging",
            "metrics",
            "notification",
            "partNumber",
            "policy",
            "replication",
            "requestPayment",
            "response-cache-control",
            "response-content-disposition",
            "response-content-encoding",
            "response-content-language",
            "response-content-type",
            "response-expires",
            "restore",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "versionId",
            "versioning",
            "versions",
            "website");

    private SignatureV2() {}

    /**
     * The signature.
     *
     * @param path the bucket's name and the key as it was sent: {@code /BUCKET/KEY}
     * @param expires until when the address holds, in seconds since 1970, as it says
     * @param secret of the access key
     * @return Base64
     */
    static String of(S3Request request, String path, String expires, String secret) {
        String amazons = new TreeMap<>(request.headers())
                .entrySet().stream()
                        .filter(header -> header.getKey().startsWith("x-amz-"))
                        .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                        .collect(Collectors.joining());
        String stringToSign = String.join(
                "\n",
                request.method(),
                request.header("content-md5").orElse(""),
                request.header("content-type").orElse(""),
                expires,
                amazons + path + subresources(request));
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC));
            return Base64.getEncoder().encodeToString(mac.doFinal(stringToSign.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }

    private static String subresources(S3Request request) {
        String query = new TreeMap<>(request.query())
                .entrySet().stream()
                        .filter(parameter -> SUBRESOURCES.contains(parameter.getKey()))
                        .map(SignatureV2::written)
                        .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    private static String written(Map.Entry<String, String> parameter) {
        return parameter.getValue().isEmpty() ? parameter.getKey() : parameter.getKey() + "=" + parameter.getValue();
    }
}
