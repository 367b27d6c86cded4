package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentFreePromptTest {
    @Test
    void keepsTheTasksWordingAndReplacesTheContent() {
        assertThat(of("Review: the food was fine.\nGood or bad?", "Review: they serve slow food.\nGood or bad?"))
                .isEqualTo("Review: N/A\nGood or bad?");
    }

    @Test
    void doesNotCutWords() {
        assertThat(of("text: therapy", "text: theory")).isEqualTo("text: N/A");
    }

    @Test
    void oneTextInsideAnotherStillLeavesTheWording() {
        assertThat(of("say: a a", "say: a a a a")).isEqualTo("say: a N/A");
    }

    @Test
    void aSingleWordingOrOneRowIsAllContent() {
        assertThat(of("only one row")).isEqualTo("N/A");
        assertThat(of("same", "same")).isEqualTo("N/A");
        assertThat(of("abc", "xyz")).isEqualTo("N/A");
    }

    private static String of(String... texts) {
        ContentFreePrompt prompt = new ContentFreePrompt();
        for (String text : texts) {
            prompt.add(List.of(new Message(Role.SYSTEM, "be brief"), new Message(Role.USER, text)));
        }
        return prompt.text();
    }
}
