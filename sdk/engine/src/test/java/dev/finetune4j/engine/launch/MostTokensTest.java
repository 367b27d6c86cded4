package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class MostTokensTest {
    private static final RowRef ROW = new RowRef("rows.jsonl", 1);
    private static final List<Message> MESSAGES =
            List.of(new Message(Role.USER, "Grüße"), new Message(Role.ASSISTANT, "Hi"));

    @Test
    void isAByteOfEachTextAndSixteenAMessage() {
        assertThat(MostTokens.of(new Example.Conversation(ROW, MESSAGES, null))).isEqualTo(16 + 7 + 16 + 2);
        assertThat(MostTokens.of(new Example.Passage(ROW, "abc"))).isEqualTo(16 + 3);
    }

    /** Either answer may be billed with the prompt before it. */
    @Test
    void ofAPairCountsBothAnswersEachWithThePrompt() {
        assertThat(MostTokens.of(new Example.Conversation(ROW, MESSAGES, null, "Go away")))
                .isEqualTo(16 + 7 + 16 + 2 + 16 + 7 + 16 + 7);
    }
}
