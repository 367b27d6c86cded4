package dev.finetune4j.modelfiles.tokenizer;

import java.util.Optional;

/**
 * So many characters of one kind, one after the other, that the library may end the process on them: a pattern such as {@code
 * \s*[\r\n]+} goes back over all blanks of a run one by one, and after ten million steps back its engine gives up for good.
 *
 * @param kind what they are: blanks, letters, digits or other characters
 * @param from where they begin, in characters of the text
 */
record LongRun(String kind, int from) {
    /** Characters that may follow each other; several alternatives of a pattern may go back over each. */
    static final int MOST = 1_000_000;

    private static final String BLANKS = "blanks";
    private static final String LETTERS = "letters";
    private static final String DIGITS = "digits";
    private static final String OTHERS = "characters that are neither letters nor digits";

    /** The first in a text; a text that is not longer than a run may be is not looked at. */
    static Optional<LongRun> in(String text) {
        if (text.length() <= MOST) {
            return Optional.empty();
        }
        String kind = "";
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            int letter = text.codePointAt(at);
            String next = kind(letter);
            if (!next.equals(kind)) {
                kind = next;
                from = at;
            }
            at += Character.charCount(letter);
            if (at - from > MOST) {
                return Optional.of(new LongRun(kind, from));
            }
        }
        return Optional.empty();
    }

    private static String kind(int letter) {
        return switch (Character.getType(letter)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK -> LETTERS;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> DIGITS;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> BLANKS;
            default -> (letter >= '\t' && letter <= '\r') || letter == '\u0085' ? BLANKS : OTHERS;
        };
    }
}
