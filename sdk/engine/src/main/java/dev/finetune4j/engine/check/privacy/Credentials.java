package dev.finetune4j.engine.check.privacy;

import dev.finetune4j.engine.check.privacy.Detector.Span;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Secrets that are known by the form they stand in: key files, signed tokens, addresses with a password, assignments. */
final class Credentials {
    private static final int LONGEST_KEY_BLOCK = 16_384;
    private static final int SHORTEST_KEY_BLOCK = 32;
    private static final int LONGEST_TOKEN = 4096;

    /** Between a name and its value: quotes, also escaped ones, and an assignment sign. */
    private static final String ASSIGNED = "[\"'\\\\`]{0,2}\\s{0,3}(?:=>|:=|=|:)\\s{0,3}[\"'\\\\`]{0,2}";

    private Credentials() {}

    static List<Detector> detectors() {
        return List.of(
                keyBlock(
                        "pem-private-key",
                        "private key",
                        "PRIVATE KEY",
                        "RSA PRIVATE KEY",
                        "EC PRIVATE KEY",
                        "DSA PRIVATE KEY",
                        "ENCRYPTED PRIVATE KEY"),
                keyBlock("ssh-private-key", "SSH private key", "OPENSSH PRIVATE KEY", "SSH2 ENCRYPTED PRIVATE KEY"),
                keyBlock("pgp-private-key", "PGP private key", "PGP PRIVATE KEY BLOCK"),
                secret("jwt", "JSON web token", PrivacyRule.CHECKED, Credentials::jwt, "eyj"),
                secret(
                        "gcp-service-account",
                        "Google Cloud service account key",
                        PrivacyRule.UNMISTAKABLE,
                        Shape.of("private_key_id" + ASSIGNED + "([0-9a-f]{40})(?![0-9a-f])")
                                .random(3),
                        "private_key_id"),
                secret(
                        "azure-sas",
                        "Azure shared access signature",
                        PrivacyRule.UNMISTAKABLE,
                        Credentials::sharedAccessSignature,
                        "sig="),
                secret(
                        "aws-secret-key",
                        "AWS secret access key",
                        PrivacyRule.IN_CONTEXT,
                        Shape.of("(?i:secret[_ -]?(?:access[_ -]?)?key)" + ASSIGNED
                                        + "([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")
                                .insideNames()
                                .random(4),
                        "secret_access_key",
                        "secretaccesskey",
                        "secret access key",
                        "secret-access-key",
                        "secret_key",
                        "secretkey",
                        "secret key"),
                secret(
                        "url-password",
                        "password in an address",
                        PrivacyRule.IN_CONTEXT,
                        Credentials::urlPassword,
                        "://"),
                secret(
                        "bearer-token",
                        "bearer token",
                        PrivacyRule.IN_CONTEXT,
                        Shape.of("(?i:bearer)\\s{1,3}([A-Za-z0-9._~+/-]{20,1000}+=*)")
                                .within(1100)
                                .where(Credentials::looksRandom),
                        "bearer "),
                secret(
                        "basic-authorization",
                        "basic authorization header",
                        PrivacyRule.IN_CONTEXT,
                        Shape.of("(?i:authorization)" + ASSIGNED + "(?i:basic)\\s{1,3}([A-Za-z0-9+/]{8,500}+={0,2})")
                                .within(600)
                                .where(Credentials::isUserAndPassword),
                        "authorization"),
                secret(
                        "password",
                        "password",
                        PrivacyRule.GENERIC,
                        Shape.of("(?i:password|passwd|passphrase|pwd)" + ASSIGNED + "([^\\s\"'\\\\`<>,;=]{8,100}+)")
                                .insideNames()
                                .where(Credentials::looksLikePassword),
                        "password",
                        "passwd",
                        "passphrase",
                        "pwd"),
                secret(
                        "generic-secret",
                        "assigned key or token",
                        PrivacyRule.GENERIC,
                        Shape.of("[A-Za-z_ -]{5,30}+" + ASSIGNED + "([A-Za-z0-9_+/.~!@#$%^&*-]{16,200}+={0,2})")
                                .insideNames()
                                .where(Credentials::looksRandom),
                        "secret",
                        "token",
                        "api_key",
                        "apikey",
                        "api-key",
                        "api key",
                        "access_key",
                        "accesskey",
                        "auth_key",
                        "private_key",
                        "credential"));
    }

    /** A block between BEGIN and END lines; to the end of the text or the longest key where the END is missing. */
    private static Detector keyBlock(String id, String title, String... names) {
        return secret(
                id,
                title,
                PrivacyRule.UNMISTAKABLE,
                (text, start, end) -> {
                    String head = text.subSequence(end, Math.min(text.length(), end + 40))
                            .toString();
                    for (String name : names) {
                        if (head.startsWith(name + "-----")) {
                            return keyBlockFrom(text, start, end + name.length() + 5);
                        }
                    }
                    return null;
                },
                "-----begin ");
    }

    private static @Nullable Span keyBlockFrom(CharSequence text, int start, int bodyStart) {
        int limit = Math.min(text.length(), bodyStart + LONGEST_KEY_BLOCK);
        int dashes = 0;
        int end = bodyStart;
        while (end < limit && dashes < 5) {
            dashes = text.charAt(end++) == '-' ? dashes + 1 : 0;
        }
        if (end - bodyStart < SHORTEST_KEY_BLOCK) {
            return null;
        }
        while (end < limit && text.charAt(end) != '\n' && end - bodyStart < LONGEST_KEY_BLOCK && dashes < 10) {
            dashes = text.charAt(end++) == '-' ? dashes + 1 : dashes;
        }
        return new Span(start, end);
    }

    /** Three base64url parts of which the first is a JSON object that names its algorithm. */
    private static @Nullable Span jwt(CharSequence text, int start, int end) {
        if (start > 0 && isTokenPart(text.charAt(start - 1))) {
            return null;
        }
        int[] dots = new int[2];
        int found = 0;
        int at = start;
        int limit = Math.min(text.length(), start + LONGEST_TOKEN);
        while (at < limit && (isTokenPart(text.charAt(at)) || text.charAt(at) == '.')) {
            if (text.charAt(at) == '.') {
                if (found == 2) {
                    break;
                }
                dots[found++] = at;
            }
            at++;
        }
        if (found < 2 || dots[1] - dots[0] < 8 || at - dots[1] < 16) {
            return null;
        }
        return decoded(text.subSequence(start, dots[0]).toString()).contains("\"alg\"") ? new Span(start, at) : null;
    }

    /** The signature counts only beside the version and expiry that every shared access signature has. */
    private static @Nullable Span sharedAccessSignature(CharSequence text, int start, int end) {
        int valueEnd = end;
        while (valueEnd < text.length() && valueEnd - end < 200 && isUrlPart(text.charAt(valueEnd))) {
            valueEnd++;
        }
        if (valueEnd < text.length() && text.charAt(valueEnd) == '=') {
            valueEnd++;
        }
        if (valueEnd - end < 43) {
            return null;
        }
        String around = text.subSequence(Math.max(0, start - 300), Math.min(text.length(), valueEnd + 300))
                .toString();
        return around.contains("sv=20") && around.contains("se=") ? new Span(end, valueEnd) : null;
    }

    /** {@code scheme://user:password@host}, where the password is no placeholder. */
    private static @Nullable Span urlPassword(CharSequence text, int start, int end) {
        int colon = -1;
        for (int i = end; i < text.length() && i - end < 256; i++) {
            char c = text.charAt(i);
            if (c == ':' && colon < 0) {
                colon = i;
            } else if (c == '@') {
                return colon > 0 ? passwordSpan(text, colon + 1, i) : null;
            } else if (c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' || c <= ' ') {
                return null;
            }
        }
        return null;
    }

    private static @Nullable Span passwordSpan(CharSequence text, int start, int end) {
        String value = text.subSequence(start, end).toString();
        String lower = value.toLowerCase(Locale.ROOT);
        boolean isWord =
                lower.equals("password") || lower.equals("pass") || lower.equals("pwd") || lower.equals("token");
        boolean isReference = value.startsWith("$") || value.startsWith("{") || value.startsWith("%");
        return value.length() < 3 || isWord || isReference || Entropy.isPlaceholder(value)
                ? null
                : new Span(start, end);
    }

    /** A key has letters and digits and nearly the entropy of random characters; a path, a name or a number has not. */
    private static boolean looksRandom(String value) {
        boolean hasDigit = value.chars().anyMatch(c -> c >= '0' && c <= '9');
        boolean hasLetter = value.chars().anyMatch(Character::isLetter);
        // A random text of n characters has at most log2(n) bits a character; words and paths stay well below.
        double enough = Math.min(3.5, 0.85 * Math.log(value.length()) / Math.log(2));
        return hasDigit
                && hasLetter
                && !Entropy.isPlaceholder(value)
                && Entropy.of(value) >= enough
                && longestWord(value) < 8;
    }

    /** At least two of lower case, upper case, digits and marks, or it is a word of a sentence. */
    private static boolean looksLikePassword(String value) {
        int classes = 0;
        classes += value.chars().anyMatch(Character::isLowerCase) ? 1 : 0;
        classes += value.chars().anyMatch(Character::isUpperCase) ? 1 : 0;
        classes += value.chars().anyMatch(Character::isDigit) ? 2 : 0;
        classes += value.chars().anyMatch(c -> "!@#$%^&*+=?_-~".indexOf(c) >= 0) ? 1 : 0;
        boolean isReference =
                value.startsWith("$") || value.startsWith("%") || value.contains("(") || value.contains("://");
        return classes >= 3 && !isReference && !Entropy.isPlaceholder(value) && Entropy.of(value) >= 2.5;
    }

    /** Letters of one case in a row. Random ones seldom have more than six. */
    private static int longestWord(String value) {
        int longest = 0;
        int length = 0;
        for (int i = 0; i < value.length(); i++) {
            length = Character.isLowerCase(value.charAt(i)) ? length + 1 : 0;
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private static boolean isUserAndPassword(String base64) {
        return decoded(base64).matches("[\\x21-\\x39\\x3B-\\x7E]{1,200}:[\\x20-\\x7E]{3,200}");
    }

    private static String decoded(String base64) {
        try {
            byte[] bytes = Base64.getUrlDecoder()
                    .decode(base64.replace('+', '-').replace('/', '_').replace("=", ""));
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static boolean isTokenPart(char c) {
        return Surroundings.isWordPart(c) || c == '-';
    }

    private static boolean isUrlPart(char c) {
        return Surroundings.isLetterOrDigit(c) || c == '%' || c == '+' || c == '/';
    }

    private static Detector secret(
            String id, String title, int rank, Detector.PlaceMatcher matcher, String... keywords) {
        return new Detector.AtKeyword(PrivacyRule.secret(id, title, rank), List.of(keywords), matcher);
    }
}
