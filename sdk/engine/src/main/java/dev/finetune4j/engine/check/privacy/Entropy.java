package dev.finetune4j.engine.check.privacy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Tells random keys from words and placeholders. */
final class Entropy {
    private static final String[] PLACEHOLDERS = {
        "example",
        "sample",
        "dummy",
        "placeholder",
        "changeme",
        "change_me",
        "your",
        "xxxx",
        "****",
        "....",
        "1234567890",
        "abcdefgh",
        "redacted",
        "insert",
        "secret_here",
        "test_token",
        "fake"
    };

    private Entropy() {}

    /** Shannon entropy of the characters in bits a character: 0 for one repeated, about 4.7 for 40 random base64 characters. */
    static double of(CharSequence text) {
        Map<Character, Integer> counts = new HashMap<>();
        for (int i = 0; i < text.length(); i++) {
            counts.merge(text.charAt(i), 1, Integer::sum);
        }
        double bits = 0;
        for (int count : counts.values()) {
            double share = (double) count / text.length();
            bits -= share * Math.log(share) / Math.log(2);
        }
        return bits;
    }

    /** Whether a value is what documentation writes where a key goes. */
    static boolean isPlaceholder(CharSequence value) {
        String lower = value.toString().toLowerCase(Locale.ROOT);
        for (String placeholder : PLACEHOLDERS) {
            if (lower.contains(placeholder)) {
                return true;
            }
        }
        return lower.startsWith("${") || lower.startsWith("{{") || lower.startsWith("<") || lower.startsWith("%(");
    }
}
