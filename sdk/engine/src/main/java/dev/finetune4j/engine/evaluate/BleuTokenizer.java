package dev.finetune4j.engine.evaluate;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What BLEU takes for words, under the names that sacreBLEU gives its tokenizers. */
enum BleuTokenizer {
    /** {@code 13a}, that of mteval-v13a: symbols and punctuation stand alone, unless within a number. */
    WORDS("13a") {
        @Override
        List<String> tokens(String text) {
            String line = Words.withoutTrailingSpace(text)
                    .replace("<skipped>", "")
                    .replace("-\n", "")
                    .replace("\n", " ")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&")
                    .replace("&lt;", "<")
                    .replace("&gt;", ">");
            return separated(" " + line + " ");
        }
    },

    /** {@code zh}: each Chinese character stands alone, what lies between them is taken as by {@link #WORDS}. */
    CHINESE("zh") {
        @Override
        List<String> tokens(String text) {
            StringBuilder line = new StringBuilder();
            Words.withoutSpaceAround(text).codePoints().forEach(character -> {
                if (isChinese(character)) {
                    line.append(' ').appendCodePoint(character).append(' ');
                } else {
                    line.appendCodePoint(character);
                }
            });
            return separated(line.toString());
        }
    },

    /** {@code char}: each character stands alone, white space is left out. */
    CHARACTERS("char") {
        @Override
        List<String> tokens(String text) {
            return String.join("", Words.of(text))
                    .codePoints()
                    .mapToObj(Character::toString)
                    .toList();
        }
    };

    private static final Pattern SYMBOLS = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    /** Scripts that put no space between words; of Korean, which does, 13a finds the words. */
    private static final Set<UnicodeScript> UNSPACED = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

    /** Of the letters without spaces in a text that is still Chinese; Japanese has far more kana. */
    private static final double LEAST_HAN = 0.9;

    /** First and last of each block that sacreBLEU takes for Chinese. */
    private static final int[][] CHINESE_BLOCKS = {
        // It writes the supplementary ideographs from U+20000 on with four digits, and so compares with U+2001 to
        // U+2A6D.
        {0x2001, 0x2A6D},
        {0x2E80, 0x2EFF},
        {0x2F00, 0x2FDF},
        {0x2FF0, 0x2FFF},
        {0x3000, 0x303F},
        {0x3100, 0x312F},
        {0x31A0, 0x31BF},
        {0x31C0, 0x31EF},
        {0x3200, 0x32FF},
        {0x3300, 0x33FF},
        {0x3400, 0x4DB5},
        {0x4E00, 0x9FBB},
        {0xF900, 0xFA2D},
        {0xFA30, 0xFA6A},
        {0xFA70, 0xFAD9},
        {0xFE10, 0xFE1F},
        {0xFE30, 0xFE4F},
        {0xFF00, 0xFFEF}
    };

    private final String id;

    BleuTokenizer(String id) {
        this.id = id;
    }

    /** What sacreBLEU calls it. */
    String id() {
        return id;
    }

    /**
     * The one that fits right answers: where most of their letters are of a script without spaces between words, {@link #CHINESE} for
     * Chinese and {@link #CHARACTERS} for Japanese, Thai, Lao, Khmer and Burmese; {@link #WORDS} otherwise.
     */
    static BleuTokenizer of(List<String> references) {
        long[] letters = new long[3];
        references.forEach(reference -> reference
                .codePoints()
                .filter(Character::isLetter)
                .forEach(letter -> {
                    UnicodeScript script = UnicodeScript.of(letter);
                    letters[0]++;
                    letters[1] += UNSPACED.contains(script) ? 1 : 0;
                    letters[2] += script == UnicodeScript.HAN ? 1 : 0;
                }));
        long unspaced = letters[1];
        if (2 * unspaced <= letters[0]) {
            return WORDS;
        }
        return letters[2] >= LEAST_HAN * unspaced ? CHINESE : CHARACTERS;
    }

    /** The tokens of a text, in their order. */
    abstract List<String> tokens(String text);

    private static boolean isChinese(int character) {
        for (int[] block : CHINESE_BLOCKS) {
            if (block[0] <= character && character <= block[1]) {
                return true;
            }
        }
        return false;
    }

    private static List<String> separated(String text) {
        String line = SYMBOLS.matcher(text).replaceAll(" $1 ");
        line = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return Words.of(line);
    }
}
