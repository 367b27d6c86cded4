package dev.finetune4j.engine.check.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No text makes the scanner read a character more often than a bounded number of times. */
class ScanEffortTest {
    private static final int LENGTH = 6_000;
    private static final int MOST_READS_OF_CHARACTER = 100;

    @Test
    void readsInProportionToTheTextWhateverItIs() {
        for (String text : hostileTexts()) {
            CountingText counting = new CountingText(text);

            PrivacyScanner.of(rule -> true).scan(counting);

            assertThat(counting.reads / text.length())
                    .as("reads of each character of %s...", text.substring(0, 40))
                    .isLessThanOrEqualTo(MOST_READS_OF_CHARACTER);
        }
    }

    private static List<String> hostileTexts() {
        List<String> parts = new ArrayList<>(List.of(
                "1",
                "1 ",
                "1-",
                "12 34 ",
                "1.2.3.4.",
                "4111 1111 1111 1111 ",
                "a",
                "a1",
                "A1",
                "@",
                "a@",
                "a.@",
                "@a.",
                "a@b.",
                ":",
                "::",
                "2a:",
                "2001:",
                "0x",
                "0xa",
                "aa:",
                "://",
                "://a:",
                "://a:b",
                "eyJ",
                ".eyJ",
                "eyJ.",
                " eyJ.eyJ",
                "-eyJ",
                "born ",
                "born 1",
                "passport ",
                "passport A",
                "1 Aa Bb ",
                "1 A ",
                "stra",
                "Astra",
                "str. ",
                "DE12 ",
                "DE12 3",
                "AB 12 ",
                "-----BEGIN ",
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----a",
                "sig=",
                "sig=a",
                "password",
                "password=",
                "password: a",
                "password = 'a1B2c3",
                "token",
                "token ",
                "secret_key=",
                "secret_",
                "api_key: a1",
                "bearer ",
                "bearer a",
                "authorization: basic a",
                "\"'\\`",
                " ",
                "\n",
                "48.12345, 2.12345 ",
                "48.12345",
                "AccountKey=",
                "sk-proj-",
                "sk-proj-a",
                "xoxb-12345678-",
                "Q~",
                "a1aQ~"));
        PrivacyScanner.keywords().forEach(keyword -> {
            parts.add(keyword);
            parts.add(keyword + "a");
            parts.add(keyword + "1 ");
        });
        return parts.stream()
                .map(part -> part.repeat(LENGTH / part.length() + 1).substring(0, LENGTH))
                .toList();
    }

    private static final class CountingText implements CharSequence {
        private final String text;
        private long reads;

        CountingText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            reads += end - start;
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            reads += text.length();
            return text;
        }
    }
}
