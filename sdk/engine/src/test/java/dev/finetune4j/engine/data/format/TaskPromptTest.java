package dev.finetune4j.engine.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskPromptTest {
    private static final TaskSpec TASK = TaskSpec.of(TaskKind.CLASSIFICATION)
            .withSystem("You sort mail.")
            .withPrompt("Which team?\n{{subject}}: {{text}}");

    @Test
    void fillsTheColumnsAndPutsTheSystemMessageFirst() {
        TaskPrompt prompt = TaskPrompt.of(TASK);

        assertThat(prompt.columns()).containsExactly("subject", "text");
        assertThat(prompt.messages(Map.of("subject", "Help", "text", "{{it}} broke", "team", "it")))
                .containsExactly(
                        new Message(Role.SYSTEM, "You sort mail."),
                        new Message(Role.USER, "Which team?\nHelp: {{it}} broke"));
    }

    @Test
    void namesTheColumnsWhereOneIsMissing() {
        assertThatThrownBy(() -> TaskPrompt.of(TASK).messages(Map.of("text", "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[subject, text]")
                .hasMessageContaining("[text]");
    }

    @Test
    void refusesATaskWhosePromptIsLeftToTheFormatOfItsRows() {
        assertThatThrownBy(() -> TaskPrompt.of(TaskSpec.of(TaskKind.CHAT))).hasMessageContaining("task.prompt");
        assertThat(TaskPrompt.of(TaskSpec.of(TaskKind.CHAT).withPrompt("{{text}}"))
                        .messages(Map.of("text", "hello")))
                .isEqualTo(List.of(new Message(Role.USER, "hello")));
    }
}
