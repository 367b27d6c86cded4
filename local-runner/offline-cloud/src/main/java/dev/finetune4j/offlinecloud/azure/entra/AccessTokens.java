package dev.finetune4j.offlinecloud.azure.entra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Issues access tokens of one tenant, and tells whether a caller's token is one of them. Safe for use by several threads. */
public final class AccessTokens {
    /** How long a token lasts. */
    public static final Duration LIFETIME = Duration.ofHours(1);

    private static final int SECRET_BYTES = 32;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final String tenant;
    private final Clock clock;
    private final byte[] secret = new byte[SECRET_BYTES];

    /**
     * Tokens.
     *
     * @param tenant id of the tenant
     * @param clock by which they expire
     */
    public AccessTokens(String tenant, Clock clock) {
        this.tenant = tenant;
        this.clock = clock;
        new SecureRandom().nextBytes(secret);
    }

    /**
     * A token.
     *
     * @param client id of the application that it is issued to
     * @param audience the resource that it is for
     */
    public String issue(String client, String audience) {
        Instant now = clock.instant();
        ObjectNode head = Json.records().createObjectNode().put("typ", "JWT").put("alg", "HS256");
        ObjectNode claims = Json.records()
                .createObjectNode()
                .put("aud", audience)
                .put("iss", "https://sts.windows.net/" + tenant + "/")
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.plus(LIFETIME).getEpochSecond())
                .put("appid", client)
                .put("oid", client)
                .put("sub", client)
                .put("tid", tenant)
                .put("ver", "1.0");
        String content = encoded(head) + "." + encoded(claims);
        return content + "." + ENCODER.encodeToString(signature(content));
    }

    /**
     * Lets a caller in who has a token for one of some audiences.
     *
     * @param authorization the header of the request, empty if it has none
     * @param audiences for which tokens are taken
     * @throws ServiceError 401 with Azure's code if not
     */
    public void check(String authorization, List<String> audiences) throws ServiceError {
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
            throw AzureErrors.unauthorized(
                    "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }
        JsonNode claims = claims(authorization.substring("Bearer ".length()).strip());
        Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong());
        if (!expiry.isAfter(clock.instant())) {
            throw AzureErrors.unauthorized(
                    "ExpiredAuthenticationToken",
                    "The access token expiry UTC time '" + expiry + "' is earlier than current UTC time '"
                            + clock.instant() + "'.");
        }
        String audience = claims.path("aud").asText();
        if (audiences.stream().noneMatch(allowed -> withoutSlash(allowed).equals(withoutSlash(audience)))) {
            throw AzureErrors.unauthorized(
                    "InvalidAuthenticationTokenAudience",
                    "The access token has been obtained for wrong audience or resource '" + audience
                            + "'. It should exactly match with one of the allowed audiences "
                            + String.join(
                                    ",",
                                    audiences.stream().map(it -> "'" + it + "'").toList())
                            + ".");
        }
    }

    private JsonNode claims(String token) throws ServiceError {
        List<String> parts = Stream.of(token.split("\\.", -1)).toList();
        try {
            if (parts.size() == 3
                    && MessageDigest.isEqual(
                            signature(parts.get(0) + "." + parts.get(1)),
                            Base64.getUrlDecoder().decode(parts.get(2)))) {
                return Json.read(
                        new String(Base64.getUrlDecoder().decode(parts.get(1)), StandardCharsets.UTF_8),
                        JsonNode.class);
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            // no token either
        }
        throw AzureErrors.unauthorized("InvalidAuthenticationToken", "The access token is invalid.");
    }

    private byte[] signature(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    private static String encoded(ObjectNode part) {
        return ENCODER.encodeToString(part.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String withoutSlash(String audience) {
        return audience.endsWith("/") ? audience.substring(0, audience.length() - 1) : audience;
    }
}
