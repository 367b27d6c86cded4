package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request that is signed in its query, so that an address can be handed on for a while: of version 4, or of version 2, which boto3 still
 * takes in the oldest regions.
 */
final class Presigned {
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final long LONGEST = 7 * 24 * 60 * 60L;
    private static final String CREDENTIAL = "X-Amz-Credential";
    private static final String DATE = "X-Amz-Date";
    private static final String EXPIRES = "X-Amz-Expires";
    private static final List<String> VERSION_4 =
            List.of("X-Amz-Algorithm", CREDENTIAL, "X-Amz-Signature", DATE, "X-Amz-SignedHeaders", EXPIRES);
    private static final List<String> VERSION_2 = List.of("AWSAccessKeyId", "Signature", "Expires");
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Presigned() {}

    /** Whether a query has a signature of either kind. */
    static boolean isIn(Map<String, String> query) {
        return isVersion4(query) || query.containsKey("AWSAccessKeyId");
    }

    private static boolean isVersion4(Map<String, String> query) {
        return query.containsKey(CREDENTIAL);
    }

    /** What a query asks for, without who asks. */
    static Map<String, String> asked(Map<String, String> query) {
        Map<String, String> asked = new LinkedHashMap<>(query);
        if (isIn(query)) {
            asked.keySet().removeIf(name -> isSigning(name) || isHeader(name));
        }
        return asked;
    }

    /** What would be headers if the signature were in one; names in lower case. */
    static Map<String, String> headers(Map<String, String> query) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (isIn(query)) {
            query.forEach((name, value) -> {
                if (isHeader(name) && !isSigning(name)) {
                    headers.put(name.toLowerCase(Locale.ROOT), value);
                }
            });
        }
        return headers;
    }

    private static boolean isSigning(String name) {
        return VERSION_4.contains(name) || VERSION_2.contains(name);
    }

    private static boolean isHeader(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("x-amz-") || lower.equals("content-type") || lower.equals("content-md5");
    }

    /**
     * Lets a request in that is not too late.
     *
     * @throws ServiceError if it is, or its signature is not all there
     */
    static void check(Map<String, String> query, Instant now) throws ServiceError {
        if (isVersion4(query)) {
            checkVersion4(query, now);
        } else if (query.keySet().containsAll(VERSION_2)) {
            long until = number(query.getOrDefault("Expires", ""));
            if (until < 0) {
                throw denied("Invalid date (should be seconds since epoch): " + query.get("Expires"));
            }
            checkTime(until, now);
        } else {
            throw denied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
        }
    }

    private static void checkVersion4(Map<String, String> query, Instant now) throws ServiceError {
        if (!query.keySet().containsAll(VERSION_4)) {
            throw malformed("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
                    + " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }
        long seconds = number(query.getOrDefault(EXPIRES, ""));
        if (seconds < 0) {
            throw malformed("X-Amz-Expires should be a number");
        }
        if (seconds > LONGEST) {
            throw malformed("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires"
                    + " must be less than 604800 seconds");
        }
        checkTime(signedAt(query.getOrDefault(DATE, "")).getEpochSecond() + seconds, now);
    }

    private static Instant signedAt(String date) throws ServiceError {
        try {
            return LocalDateTime.parse(date, BASIC).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }
    }

    private static void checkTime(long until, Instant now) throws ServiceError {
        if (now.getEpochSecond() > until) {
            throw denied("Request has expired")
                    .with("Expires", Instant.ofEpochSecond(until).toString())
                    .with("ServerTime", ListCalls.time(now));
        }
    }

    private static long number(String text) {
        return text.matches("\\d{1,11}") ? Long.parseLong(text) : -1;
    }

    private static ServiceError denied(String message) {
        return new ServiceError(FORBIDDEN, "AccessDenied", message);
    }

    private static ServiceError malformed(String message) {
        return new ServiceError(BAD_REQUEST, "AuthorizationQueryParametersError", message);
    }
}
