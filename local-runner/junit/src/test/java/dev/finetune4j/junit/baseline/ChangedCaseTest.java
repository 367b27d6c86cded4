package dev.finetune4j.junit.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangedCaseTest {
    private static final RowRef ROW = new RowRef("rows.jsonl", 7);

    @Test
    void showsTheEndOfALongPromptAndMasksWhatIsPersonal() {
        ChangedCase changed = changed(
                "Which team?\n" + "please ".repeat(20) + "write to jane.doe@example.com",
                "billing",
                "billing",
                "sales");

        assertThat(changed.text())
                .startsWith("rows.jsonl row 7: \"...")
                .contains("write to [")
                .doesNotContain("jane.doe")
                .endsWith("\" should be \"billing\", was \"billing\", is \"sales\"");
    }

    @Test
    void showsTheFiguresWhereRowsAreOnlyRead() {
        assertThat(changed("Once", "upon", null, null).text())
                .isEqualTo("rows.jsonl row 7: \"Once\", perplexity 2.00 then, 3.00 now");
    }

    @Test
    void showsTheFiguresOfAPassageThoughItWasContinued() {
        Example passage = new Example.Passage(ROW, "Once upon a time");

        assertThat(new ChangedCase(
                                passage,
                                answer("Once upon a time", "there was"),
                                answer("Once upon a time", "there were"),
                                MetricName.PERPLEXITY,
                                2,
                                3)
                        .text())
                .isEqualTo("rows.jsonl row 7, perplexity 2.00 then, 3.00 now");
    }

    private static ChangedCase changed(String prompt, String right, @Nullable String then, @Nullable String now) {
        Example example = new Example.Conversation(
                ROW, List.of(new Message(Role.USER, prompt), new Message(Role.ASSISTANT, right)), null);
        return new ChangedCase(example, answer(right, then), answer(right, now), MetricName.PERPLEXITY, 2, 3);
    }

    private static Prediction answer(String right, @Nullable String answer) {
        return new Prediction(ROW, right, answer, Map.of(), 1, 1);
    }
}
