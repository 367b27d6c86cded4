package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request says about its signature of version 4. Nothing is computed: who knows the key id is let in.
 *
 * @param accessKeyId whose key
 * @param region for which region
 * @param service for which service
 */
public record Signature(String accessKeyId, String region, String service) {
    private static final int FORBIDDEN = 403;
    private static final Pattern CREDENTIAL =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/ ]+)/\\d{8}/([^/]+)/([^/]+)/aws4_request,.*");

    /** The signature of a request; empty where it has none, or none of this version. */
    public static Optional<Signature> of(HttpExchange exchange) {
        Matcher credential = CREDENTIAL.matcher(authorization(exchange));
        return credential.matches()
                ? Optional.of(new Signature(credential.group(1), credential.group(2), credential.group(3)))
                : Optional.empty();
    }

    /** Whether a request is signed for a service. */
    public static boolean isFor(String service, HttpExchange exchange) {
        return of(exchange)
                .filter(signature -> signature.service().equals(service))
                .isPresent();
    }

    /** The token of the session that a request belongs to; empty where it belongs to none. */
    public static String sessionOf(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Security-Token"))
                .orElse("");
    }

    /** Whether a request brings a signature at all, of whatever kind. */
    public static boolean isIn(HttpExchange exchange) {
        return !authorization(exchange).isEmpty();
    }

    /**
     * Lets a request in as the services of the JSON protocols do.
     *
     * @param expected the only key that is known, the only region that there is, and the service that is asked
     * @throws ServiceError if it is not signed so
     */
    static void check(HttpExchange exchange, Signature expected) throws ServiceError {
        if (!isIn(exchange)) {
            throw new ServiceError(FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Signature signature = of(exchange)
                .orElseThrow(() -> new ServiceError(
                        FORBIDDEN,
                        "IncompleteSignatureException",
                        "Authorization header is not of Signature Version 4"));
        if (!signature.accessKeyId().equals(expected.accessKeyId())) {
            throw new ServiceError(
                    FORBIDDEN, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (!signature.equals(expected)) {
            throw new ServiceError(
                    FORBIDDEN,
                    "InvalidSignatureException",
                    "Credential should be scoped to a valid region and service: " + expected.region() + " and "
                            + expected.service() + ", not " + signature.region() + " and " + signature.service());
        }
    }

    private static String authorization(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
    }
}
