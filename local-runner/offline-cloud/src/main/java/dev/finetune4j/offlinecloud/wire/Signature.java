package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request's signature: of version 4, in a header or in the query, or of version 2 in the query, which S3 takes besides.
 *
 * @param accessKeyId whose key
 * @param region for which region; empty in version 2, which knows none
 * @param service for which service
 * @param signedHeaders names of the headers that it covers, in lower case; empty in version 2, which covers always the same
 * @param value what was computed; empty where the request does not say
 */
public record Signature(
        String accessKeyId, String region, String service, SortedSet<String> signedHeaders, String value) {
    private static final String SCOPED = "([^/ ]+)/\\d{8}/([^/]+)/([^/]+)/aws4_request";
    private static final Pattern CREDENTIAL = Pattern.compile("AWS4-HMAC-SHA256 Credential=" + SCOPED + ",.*");
    private static final Pattern HEADERS = Pattern.compile(".*[ ,]SignedHeaders=([^, ]+).*");
    private static final Pattern VALUE = Pattern.compile(".*[ ,]Signature=([^, ]+).*");
    private static final Pattern PRESIGNED = Pattern.compile(SCOPED);
    private static final String TOKEN = "X-Amz-Security-Token";

    /** Copies the names in their order. */
    public Signature {
        signedHeaders = Collections.unmodifiableSortedSet(new TreeSet<>(signedHeaders));
    }

    /** The signature of a request; empty where it has none, or none of these versions. */
    public static Optional<Signature> of(HttpExchange exchange) {
        String header = authorization(exchange);
        if (!header.isEmpty() || !isPresigned(exchange)) {
            return scoped(CREDENTIAL.matcher(header), found(HEADERS, header), found(VALUE, header));
        }
        String oldKey = parameter(exchange, "AWSAccessKeyId");
        return oldKey.isEmpty()
                ? scoped(
                        PRESIGNED.matcher(parameter(exchange, "X-Amz-Credential")),
                        parameter(exchange, "X-Amz-SignedHeaders"),
                        parameter(exchange, "X-Amz-Signature"))
                : Optional.of(new Signature(
                        oldKey, "", "s3", Collections.emptySortedSet(), parameter(exchange, "Signature")));
    }

    private static Optional<Signature> scoped(Matcher credential, String headers, String value) {
        if (!credential.matches()) {
            return Optional.empty();
        }
        SortedSet<String> names = new TreeSet<>(List.of(headers.split(";")));
        names.remove("");
        return Optional.of(new Signature(credential.group(1), credential.group(2), credential.group(3), names, value));
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches() ? matcher.group(1) : "";
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

    /** A parameter of the query, whose name is in any case; empty where it is not there. */
    static String parameter(HttpExchange exchange, String name) {
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
