package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.spi.TextCodec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowRefusalTest {
    private static final ProblemKind TEMPLATE_REFUSES = new ProblemKind(
            TextCodec.TEMPLATE_REFUSES, "refused", ExitCode.INVALID, "the template refuses", "change the order");

    @Test
    void saysWhatTheTemplateSaysAndWhatOfTheRowToChange() {
        Problem told = refused(TEMPLATE_REFUSES, Role.SYSTEM, Role.USER, Role.ASSISTANT);

        assertThat(told.code()).isEqualTo("FT0325");
        assertThat(told.location()).isEqualTo(new Location.InRow("rows.jsonl", 3, null));
        assertThat(told.causes())
                .containsExactly("the chat template refuses the conversation: System role not supported");
        assertThat(told.remedies())
                .containsExactly(
                        "leave out the system message, of the row or task.system, or put its text in front of the user's",
                        "change the order");
    }

    @Test
    void saysWhatItWasToldToDoWhereTheOrderIsNoneThatEveryTemplateTakes() {
        assertThat(refused(TEMPLATE_REFUSES, Role.SYSTEM, Role.ASSISTANT, Role.USER, Role.ASSISTANT)
                        .remedies())
                .containsExactly("change the order");
        assertThat(refused(TEMPLATE_REFUSES, Role.USER, Role.USER, Role.ASSISTANT)
                        .remedies())
                .containsExactly("change the order");
    }

    @Test
    void leavesTheSystemMessageWhereItIsNotTheTemplateThatSaysNo() {
        assertThat(refused(WordCodec.REFUSAL, Role.SYSTEM, Role.USER, Role.ASSISTANT)
                        .remedies())
                .containsExactly("change the order");
    }

    private static Problem refused(ProblemKind kind, Role... roles) {
        List<Message> messages =
                Arrays.stream(roles).map(role -> new Message(role, "text")).toList();
        RowRef row = new RowRef("rows.jsonl", 3);
        FineTuneException raised = kind.error("the chat template refuses the conversation")
                .because("System role not supported")
                .asException();
        return RowRefusal.of(new Example.Conversation(row, messages, null), raised)
                .at(row);
    }
}
