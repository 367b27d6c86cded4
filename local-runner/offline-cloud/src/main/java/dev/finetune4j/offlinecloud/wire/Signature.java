package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request says about its signature: of version 4, in a header or in the query, or of version 2 in the query, which S3 takes besides.
 * Nothing is computed: who knows the key id is let in.
 *
 * @param accessKeyId whose key
 * @param region for which region; empty in version 2, which knows none
 * @param service for which service
 */
public record Signature(String accessKeyId, String region, String service) {
    private static final int FORBIDDEN = 403;
    private static final String SCOPED = "([^/ ]+)/\\d{8}/([^/]+)/([^/]+)/aws4_request";
    private static final Pattern CREDENTIAL = Pattern.compile("AWS4-HMAC-SHA256 Credential=" + SCOPED + ",.*");
    private static final Pattern PRESIGNED = Pattern.compile(SCOPED);
    private static final String TOKEN = "X-Amz-Security-Token";

    /** The signature of a request; empty where it has none, or none of this version. */
    public static Optional<Signature> of(HttpExchange exchange) {
        if (authorization(exchange).isEmpty() && isPresigned(exchange)) {
            String oldKey = parameter(exchange, "AWSAccessKeyId");
            return oldKey.isEmpty()
                    ? scoped(PRESIGNED.matcher(parameter(exchange, "X-Amz-Credential")))
                    : Optional.of(new Signature(oldKey, "", "s3"));
        }
        return scoped(CREDENTIAL.matcher(authorization(exchange)));
    }

    private static Optional<Signature> scoped(Matcher credential) {
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
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(TOKEN))
                .orElseGet(() -> isPresigned(exchange) ? parameter(exchange, TOKEN) : "");
    }

    /** Whether a request brings a signature at all, of whatever kind. */
    public static boolean isIn(HttpExchange exchange) {
        return !authorization(exchange).isEmpty() || isPresigned(exchange);
    }

    /** Whether its query is what is signed. */
    public static boolean isPresigned(HttpExchange exchange) {
        return !parameter(exchange, "X-Amz-Credential").isEmpty()
                || !parameter(exchange, "AWSAccessKeyId").isEmpty();
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

    /** A parameter of the query, whose name is in any case; empty where it is not there. */
    private static String parameter(HttpExchange exchange, String name) {
        TreeMap<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        try {
            return URLDecoder.decode(parameters.getOrDefault(name, ""), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return ""; // no value that anybody could mean
        }
    }

    private static String authorization(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
    }
}
