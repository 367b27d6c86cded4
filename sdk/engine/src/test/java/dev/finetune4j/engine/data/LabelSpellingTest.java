package dev.finetune4j.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSpellingTest {
    @Test
    void takesForOneWhatAReaderDoes() {
        assertThat(LabelSpelling.folded(" Good\u00A0 Day"))
                .isEqualTo(LabelSpelling.folded("good day"))
                .isEqualTo("good day");
        assertThat(LabelSpelling.folded("Gr\u00F6\u00DFe")).isEqualTo(LabelSpelling.folded("Gro\u0308\u00DFe"));
        assertThat(LabelSpelling.folded("go\u200Bod\uFEFF")).isEqualTo("good");
        assertThat(LabelSpelling.folded("\uFF47ood")).isEqualTo("good");
        assertThat(LabelSpelling.folded("\uFF76\uFF9E")).isEqualTo("\u30AC");
        assertThat(LabelSpelling.folded("goods")).isNotEqualTo("good");
    }

    @Test
    void tellsApartWhatAReaderDoes() {
        String flag = "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62";
        String england = flag + "\uDB40\uDC65\uDB40\uDC6E\uDB40\uDC67\uDB40\uDC7F";
        String scotland = flag + "\uDB40\uDC73\uDB40\uDC63\uDB40\uDC74\uDB40\uDC7F";

        assertThat(LabelSpelling.folded("10\u00B2")).isNotEqualTo(LabelSpelling.folded("102"));
        assertThat(LabelSpelling.folded(england)).isNotEqualTo(LabelSpelling.folded(scotland));
        assertThat(LabelSpelling.unseenDifference(england, scotland)).isEmpty();
    }

    @Test
    void tellsApartWhatJoinersChange() {
        String family = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";
        String manWomanGirl = "\uD83D\uDC68\uD83D\uDC69\uD83D\uDC67";
        String parted = "\u0646\u0627\u0645\u0647\u200C\u0627\u06CC";
        String joined = "\u0646\u0627\u0645\u0647\u0627\u06CC";

        assertThat(LabelSpelling.folded(family)).isNotEqualTo(LabelSpelling.folded(manWomanGirl));
        assertThat(LabelSpelling.unseenDifference(family, manWomanGirl)).isEmpty();
        assertThat(LabelSpelling.folded(parted)).isNotEqualTo(LabelSpelling.folded(joined));
        assertThat(LabelSpelling.unseenDifference(parted, joined)).isEmpty();
    }

    @Test
    void tellsApartWhatAJoinerAtTheEndChanges() {
        assertThat(LabelSpelling.folded("\u0647\u200D")).isNotEqualTo(LabelSpelling.folded("\u0647"));
        assertThat(LabelSpelling.folded("\u0D28\u0D4D\u200D")).isNotEqualTo(LabelSpelling.folded("\u0D28\u0D4D"));
        assertThat(LabelSpelling.folded("\u0647\u200D.\u0634")).isNotEqualTo(LabelSpelling.folded("\u0647.\u0634"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "good\u200D",
                "\u200Cgood",
                "go\u200Dod",
                "caf\u00E9\u200D",
                "\u0646\u0627\u0645\u0647\u200C",
                "\u597D\u200D",
                "\u200D\u597D",
                "\uD83D\uDC4D\u200D"
            })
    void doesNotSeeAJoinerThatJoinsNothing(String label) {
        String withoutJoiners = label.replaceAll("[\u200C\u200D]", "");

        assertThat(LabelSpelling.folded(label)).isEqualTo(withoutJoiners);
        assertThat(LabelSpelling.unseenDifference(label, withoutJoiners))
                .hasValueSatisfying(difference -> assertThat(difference).matches("U\\+200[CD] added"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0600, 0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD})
    void takesASignBeforeANumberForSeen(int sign) {
        String number = "\u0661\u0662";
        String signed = Character.toString(sign) + number;

        assertThat(LabelSpelling.folded(signed)).isNotEqualTo(LabelSpelling.folded(number));
        assertThat(LabelSpelling.printed(signed)).isEqualTo(signed);
    }

    @Test
    void namesTheCodePointsThatNobodySees() {
        assertThat(LabelSpelling.unseenDifference("Gro\u0308\u00DFe", "Gr\u00F6\u00DFe"))
                .contains("U+006F U+0308 for U+00F6");
        assertThat(LabelSpelling.unseenDifference("good\u00A0day", "good day")).contains("U+00A0 for U+0020");
        assertThat(LabelSpelling.unseenDifference("good\u00A0", "good")).contains("U+00A0 added");
        assertThat(LabelSpelling.unseenDifference("good", "\u00A0good")).contains("no U+00A0");
        assertThat(LabelSpelling.unseenDifference("good\u200B", "good")).contains("U+200B added");
        assertThat(LabelSpelling.unseenDifference("good", "good\u200B")).contains("no U+200B");
        assertThat(LabelSpelling.unseenDifference("aa\u200B", "a\u200Ba\u200B")).contains("no U+200B");
    }

    @Test
    void saysNothingOfADifferenceThatIsSeen() {
        assertThat(LabelSpelling.unseenDifference("Good", "good")).isEmpty();
        assertThat(LabelSpelling.unseenDifference("good  day", "good day")).isEmpty();
        assertThat(LabelSpelling.unseenDifference("good", "good")).isEmpty();
    }
}
