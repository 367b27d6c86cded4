package dev.finetune4j.offlinecloud.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Computes signatures of version 4. */
final class SignatureV4 {
    private static final String MAC = "HmacSHA256";
    private static final String END = "aws4_request";
    private static final int DAY = 8; // digits of yyyyMMdd

    private SignatureV4() {}

    /**
     * What is signed of a request.
     *
     * @param canonicalRequest a char for each byte
     * @param time {@code yyyyMMddTHHmmssZ}
     */
    static String stringToSign(String canonicalRequest, String time, String region, String service) {
        String scope = String.join("/", time.substring(0, DAY), region, service, END);
        return String.join(
                "\n", "AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /**
     * The signature.
     *
     * @param secret of the access key
     * @param time as in the string
     * @return 64 hexadecimal digits
     */
    static String of(String stringToSign, String secret, String time, String region, String service) {
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {time.substring(0, DAY), region, service, END}) {
            key = mac(key, part);
        }
        return HexFormat.of().formatHex(mac(key, stringToSign));
    }

    /** SHA-256 in hex, as signatures have it of bodies. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }
}
