package dev.finetune4j.json;

/** Tells texts that UTF-8 can hold from those with half a character, which JSON can escape and nothing can write. */
public final class WholeText {
    private WholeText() {}

    /** Whether every surrogate of a text stands beside its other half. */
    public static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
