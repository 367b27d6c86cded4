package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both answers of a row are looked at. */
class PreferenceRowsTest {
    @Test
    void repeatEachOtherOnlyWhereBothAnswersAreTheSame() {
        assertThat(compared("No", "Go away")).isEqualTo(compared("No", "Go away"));
        assertThat(compared("No", "Go away")).isNotEqualTo(compared("No", "Never"));
        assertThat(compared("No", "Go away")).isNotEqualTo(compared("Go away", "No"));
    }

    @Test
    void nameTheirTextsAsTheFileDoes() {
        assertThat(TextField.of(row("No", "Go away")))
                .containsExactly(
                        new TextField("input.messages[0].content", "May I?"),
                        new TextField("preferred_output[0].content", "No"),
                        new TextField("non_preferred_output[0].content", "Go away"));
    }

    /** Rows that were written before there were any are read as before. */
    @Test
    void areWrittenAndReadAndOthersHaveNoRejectedAnswer() {
        Example pair = row("No", "Go away");
        assertThat(Json.read(Json.line(pair), Example.class)).isEqualTo(pair);
        Example single = new Example.Conversation(pair.row(), ((Example.Conversation) pair).messages(), null);
        assertThat(Json.line(single)).doesNotContain("rejected");
        assertThat(Json.read(Json.line(single), Example.class)).isEqualTo(single);
    }

    private static ComparedText compared(String preferred, String rejected) {
        return ComparedText.of(row(preferred, rejected), TaskKind.PREFERENCE);
    }

    private static Example row(String preferred, String rejected) {
        return new Example.Conversation(
                new RowRef("pairs.jsonl", 1),
                List.of(new Message(Role.USER, "May I?"), new Message(Role.ASSISTANT, preferred)),
                null,
                rejected);
    }
}
