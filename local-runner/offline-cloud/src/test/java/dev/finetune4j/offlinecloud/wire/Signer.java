package dev.finetune4j.offlinecloud.wire;

import dev.finetune4j.offlinecloud.OfflineAws;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Signs requests of Java's own client.
 *
 * @param key whose
 * @param region for which
 * @param service for which
 * @param time at which
 */
public record Signer(AccessKey key, String region, String service, Instant time) {
    /** As the account's own user signs now. */
    public static Signer of(OfflineAws aws, String region, String service) {
        return new Signer(new AccessKey(aws.accessKeyId(), aws.secretAccessKey(), ""), region, service, Instant.now());
    }

    Signer withKey(String id, String secret, String token) {
        return new Signer(new AccessKey(id, secret, token), region, service, time);
    }

    Signer inRegion(String other) {
        return new Signer(key, other, service, time);
    }

    Signer forService(String other) {
        return new Signer(key, region, other, time);
    }

    Signer at(Instant other) {
        return new Signer(key, region, service, other);
    }

    /**
     * A signed request.
     *
     * @param body empty for none
     * @param headers names and values in turns, besides those of the signature
     */
    public HttpRequest sign(String method, URI uri, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String payload = SignatureV4.sha256(bytes);
        String signedAt = SigningTime.text(time);
        SortedMap<String, List<String>> signed = new TreeMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            signed.put(headers[i].toLowerCase(Locale.ROOT), List.of(headers[i + 1]));
        }
        signed.put("x-amz-date", List.of(signedAt));
        if (service.equals("s3")) {
            signed.put("x-amz-content-sha256", List.of(payload));
        }
        if (!key.token().isEmpty()) {
            signed.put("x-amz-security-token", List.of(key.token()));
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofByteArray(bytes));
        signed.forEach((name, values) -> request.header(name, values.get(0)));
        signed.put("host", List.of(uri.getAuthority()));
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        CanonicalRequest canonical =
                new CanonicalRequest(method, new RequestTarget(uri.getRawPath(), query), signed, payload);
        String stringToSign = SignatureV4.stringToSign(
                canonical.text(
                        service.equals("s3")
                                ? CanonicalRequest.PathForm.OF_KEYS
                                : CanonicalRequest.PathForm.OF_SEGMENTS),
                signedAt,
                region,
                service);
        return request.header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=" + key.id() + "/" + signedAt.substring(0, 8) + "/" + region + "/"
                                + service + "/aws4_request, SignedHeaders=" + canonical.signedHeaders()
                                + ", Signature="
                                + SignatureV4.of(stringToSign, key.secret(), signedAt, region, service))
                .build();
    }
}
