package dev.finetune4j.offlinecloud.wire;

import java.util.Locale;

/** Percent-encoding as signatures have it: every byte but letters, digits, {@code -}, {@code .}, {@code _} and {@code ~}, in upper case. */
public final class UriEncoding {
    private static final String UNRESERVED = "-._~";
    private static final int HEX = 16;
    private static final int ESCAPE = 3; // chars of %XX

    private UriEncoding() {}

    /** Encodes a text that has a char for each byte. */
    public static String encode(String bytes) {
        StringBuilder encoded = new StringBuilder(bytes.length());
        bytes.chars().forEach(octet -> {
            if (isLetterOrDigit(octet) || UNRESERVED.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", octet));
            }
        });
        return encoded.toString();
    }

    private static boolean isLetterOrDigit(int octet) {
        return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9');
    }

    /** Decodes to a text that has a char for each byte. A plus stays a plus, and what is no escape stays as it is. */
    public static String decode(String text) {
        StringBuilder bytes = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int octet = text.charAt(at) == '%' ? octet(text, at + 1) : -1;
            bytes.append(octet < 0 ? text.charAt(at) : (char) octet);
            at += octet < 0 ? 1 : ESCAPE;
        }
        return bytes.toString();
    }

    /** The byte whose two hexadecimal digits begin at a place; negative where there are none. */
    public static int octet(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), HEX);
        int low = Character.digit(text.charAt(at + 1), HEX);
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }
}
