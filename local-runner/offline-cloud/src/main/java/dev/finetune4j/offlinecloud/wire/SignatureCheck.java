package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.offlinecloud.wire.CanonicalRequest.PathForm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Computes the signatures of requests anew, with the secrets of the account's keys, and tells what is wrong with them. */
public final class SignatureCheck {
    private static final int FORBIDDEN = 403;
    private static final String HOST = "host";
    private static final String INVALID = "InvalidSignatureException";

    private final AccessKeys keys;

    /** A check by the keys of an account. */
    public SignatureCheck(AccessKeys keys) {
        this.keys = keys;
    }

    /** What may be wrong with who signs. */
    public enum KeyFlaw {
        /** Nobody has such a key. */
        UNKNOWN,
        /** The key belongs to a session, and its token is not there. */
        WITHOUT_TOKEN,
        /** There is a token that is not the key's. */
        WRONG_TOKEN
    }

    /**
     * What is wrong with the key of a request; empty where nothing is.
     *
     * @param signature the request's
     */
    public Optional<KeyFlaw> keyFlaw(HttpExchange exchange, Signature signature) {
        Optional<AccessKey> key = keys.find(signature.accessKeyId());
        String token = Signature.sessionOf(exchange);
        if (key.isEmpty()) {
            return Optional.of(KeyFlaw.UNKNOWN);
        }
        if (isSame(key.get().token(), token)) {
            return Optional.empty();
        }
        return Optional.of(token.isEmpty() ? KeyFlaw.WITHOUT_TOKEN : KeyFlaw.WRONG_TOKEN);
    }

    /** The secret of a request's key, where nothing is wrong with that. */
    public String secretOf(Signature signature) {
        return keys.find(signature.accessKeyId()).map(AccessKey::secret).orElseThrow();
    }

    /** Whether a request to S3 is signed as its own key does; its path is a name. */
    public boolean isSignedForS3(HttpExchange exchange, Signature signature, String payload) {
        return isSigned(exchange, signature, payload, PathForm.OF_KEYS);
    }

    /** By the header {@code Host} and all others as they arrived. */
    private boolean isSigned(HttpExchange exchange, Signature signature, String payload, PathForm form) {
        Optional<Instant> signedAt = SigningTime.of(exchange);
        if (signedAt.isEmpty()) {
            return false;
        }
        SortedMap<String, List<String>> headers = new TreeMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (signature.signedHeaders().contains(lower)) {
                headers.put(lower, values);
            }
        });
        CanonicalRequest request =
                new CanonicalRequest(exchange.getRequestMethod(), RequestTarget.of(exchange), headers, payload);
        String time = SigningTime.text(signedAt.get());
        String stringToSign =
                SignatureV4.stringToSign(request.text(form), time, signature.region(), signature.service());
        return isSame(
                SignatureV4.of(stringToSign, secretOf(signature), time, signature.region(), signature.service()),
                signature.value());
    }

    /** Whether two texts are the same, in a time that does not tell how much of them is. */
    public static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Lets a request in as all services but S3 do.
     *
     * @param body all of it
     * @throws ServiceError by its name in the JSON protocols, if it is not signed with a key of the account
     */
    void admit(HttpExchange exchange, byte[] body) throws ServiceError {
        if (!Signature.isIn(exchange)) {
            throw new ServiceError(FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Signature signature = Signature.of(exchange)
                .orElseThrow(() -> incomplete("Authorization header is not of Signature Version 4"));
        if (keyFlaw(exchange, signature).isPresent()) {
            throw new ServiceError(
                    FORBIDDEN, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        demand("'SignedHeaders' parameter", !signature.signedHeaders().isEmpty());
        demand("'Signature' parameter", !signature.value().isEmpty());
        demand(
                "existence of either a 'X-Amz-Date' or a 'Date' header",
                SigningTime.of(exchange).isPresent());
        if (!signature.signedHeaders().contains(HOST)) {
            throw new ServiceError(
                    FORBIDDEN, INVALID, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }
        if (!isSigned(exchange, signature, SignatureV4.sha256(body), PathForm.OF_SEGMENTS)) {
            throw new ServiceError(
                    FORBIDDEN,
                    INVALID,
                    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
                            + " and signing method. Consult the service documentation for details.");
        }
    }

    private static void demand(String what, boolean isThere) throws ServiceError {
        if (!isThere) {
            throw incomplete("Authorization header requires " + what + ".");
        }
    }

    private static ServiceError incomplete(String message) {
        return new ServiceError(FORBIDDEN, "IncompleteSignatureException", message);
    }

    /**
     * Lets a request in that is signed for where it goes.
     *
     * @throws ServiceError if it is for another region or service
     */
    static void demandScope(HttpExchange exchange, String region, String service) throws ServiceError {
        Optional<Signature> signature = Signature.of(exchange);
        if (signature.isPresent()
                && !(signature.get().region().equals(region)
                        && signature.get().service().equals(service))) {
            throw new ServiceError(
                    FORBIDDEN,
                    INVALID,
                    "Credential should be scoped to a valid region and service: " + region + " and " + service
                            + ", not " + signature.get().region() + " and "
                            + signature.get().service());
        }
    }
}
