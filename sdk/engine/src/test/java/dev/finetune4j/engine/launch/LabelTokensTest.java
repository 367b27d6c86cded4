package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.job.SplitSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of the labels "calm" and "a question of money" with 4 and 19 characters, of which three rows have the first and one the other. */
class LabelTokensTest {
    private static final PreparedData ROWS =
            rows(List.of("calm", "a question of money"), Map.of("calm", 3L, "a question of money", 1L));

    @Test
    void fourCharactersAreATokenWhereNoneWasCounted() {
        assertThat(LabelTokens.byCharacters(ROWS)).isEqualTo(new LabelTokens(2, 1 + 4.75, 1 + 4.75));
    }

    /** The mean answer has (3 x 1 + 4.75) / 4 = 1.9375 tokens by characters, and twice as many by the vocabulary, beside the end of its turn. */
    @Test
    void haveMoreTokensAsTheAnswersOfTheRowsHave() {
        assertThat(LabelTokens.counted(ROWS, 1 + 2 * 1.9375))
                .isEqualTo(new LabelTokens(2, 2 * (1 + 4.75), 2 * (1 + 4.75)));
    }

    @Test
    void areNoneWhereRowsHaveNoLabels() {
        assertThat(LabelTokens.counted(rows(List.of(), Map.of()), 60)).isEqualTo(LabelTokens.NONE);
    }

    /** Of 3 x 12 characters "question" stands once for all, and of the second and third "question a" once. */
    @Test
    void readsOnceWhatSeveralLabelsBeginWith() {
        PreparedData rows = rows(List.of("question-b-1", "question-a-1", "question-a-2"), Map.of());

        assertThat(LabelTokens.byCharacters(rows)).isEqualTo(new LabelTokens(3, 9, 9 * (1 - (11 + 9) / 36.0)));
    }

    /** A token each, though one in four characters would be less than one. */
    @Test
    void shareNothingWhereEachBeginsOtherwise() {
        assertThat(LabelTokens.byCharacters(rows(List.of("a", "b", "c"), Map.of())))
                .isEqualTo(new LabelTokens(3, 3, 3));
    }

    private static PreparedData rows(List<String> labels, Map<String, Long> rowsByLabel) {
        SplitRecord record = new SplitRecord(
                "c".repeat(64),
                "csv",
                "rows have columns",
                labels,
                SplitSpec.defaults(),
                4,
                0,
                Map.of(Part.TRAIN, new SplitRecord.PartShare(4, 4, 4, rowsByLabel)),
                Map.of(),
                "d".repeat(64));
        return new PreparedData(Path.of("rows"), record, List.of());
    }
}
