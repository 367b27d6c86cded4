package dev.finetune4j.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ChatTest {
    private static final Sampling SAMPLING = Sampling.greedy(64);

    private final List<String> closed = new ArrayList<>();

    @Test
    void eachModelRemembersItsOwnConversation() {
        try (Chat chat = fake("be kind")) {
            assertThat(say(chat, Variant.TUNED, "one")).isEqualTo("TUNED heard one after 1");
            assertThat(say(chat, Variant.TUNED, "two")).isEqualTo("TUNED heard two after 3");
            assertThat(say(chat, Variant.BASE_ZERO_SHOT, "two")).isEqualTo("BASE_ZERO_SHOT heard two after 1");
        }
        assertThat(closed).containsExactly("place");
    }

    @Test
    void beginsAnewWithTheSameOrAnotherSystemMessage() {
        try (Chat chat = fake("be kind")) {
            say(chat, Variant.TUNED, "one");
            chat.reset();
            assertThat(say(chat, Variant.TUNED, "two")).isEqualTo("TUNED heard two after 1");
            chat.reset(null);
            assertThat(say(chat, Variant.TUNED, "three")).isEqualTo("TUNED heard three after 0");
        }
    }

    @Test
    void forgetsWhatTheModelCannotRead() {
        try (Chat chat = fake(null)) {
            for (String text : List.of("one", "two", "three")) {
                say(chat, Variant.TUNED, text);
            }
            ChatReply fourth = chat.say(Variant.TUNED, "four", SAMPLING, piece -> {});
            ChatReply fifth = chat.say(Variant.TUNED, "five", SAMPLING, piece -> {});

            assertThat(fourth.droppedMessages()).isEqualTo(2);
            assertThat(fourth.answer().text()).isEqualTo("TUNED heard four after 4");
            assertThat(fifth.droppedMessages()).as("what was dropped stays so").isEqualTo(2);
        }
    }

    @Test
    void forgetsWhatHadNoAnswer() {
        try (Chat chat = fake(null)) {
            assertThatThrownBy(() -> say(chat, Variant.TUNED, " ")).isInstanceOf(FineTuneException.class);
            assertThat(say(chat, Variant.TUNED, "one")).isEqualTo("TUNED heard one after 0");
        }
    }

    @Test
    void keepsNoConversationWithAModelThatTellsLabelsApart() {
        List<Integer> heard = new ArrayList<>();
        Dialogue labels = new Dialogue() {
            @Override
            public ChatReply ask(ChatQuestion question, Consumer<String> spoken) {
                List<Message> messages = question.messages();
                heard.add(messages.size());
                return new ChatReply(
                        new GeneratedText(question.variant(), "plant", 1, true),
                        0,
                        false,
                        Map.of("plant", 0.9, "animal", 0.1));
            }

            @Override
            public void interrupt() {}

            @Override
            public void close() {}
        };
        try (Chat chat = new Chat(labels, null, () -> {})) {
            say(chat, Variant.TUNED, "an oak");
            say(chat, Variant.TUNED, "a toad");
        }
        assertThat(heard).containsExactly(1, 1);
    }

    private Chat fake(@org.jspecify.annotations.Nullable String system) {
        VirtualClock clock = new VirtualClock();
        Dialogue dialogue = new FakeProviderFactory(new FakePlace(clock, FakePlace.EVERYTHING))
                .open(new ProviderContext(Path.of("home"), Map.of(), clock), Map.of())
                .converse(Submission.builder(
                                new RunId("chat"),
                                new ModelRef("tiny"),
                                new WorkOrder("d", List.of(new WorkStep.Converse())))
                        .build())
                .orElseThrow();
        return new Chat(dialogue, system, () -> closed.add("place"));
    }

    private static String say(Chat chat, Variant variant, String text) {
        return chat.say(variant, text, SAMPLING, piece -> {}).answer().text();
    }
}
