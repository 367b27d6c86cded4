package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.WorkStep;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AskedMessagesTest {
    private static final Conversation SHOT = row("is it", "no");
    private static final int SHOT_TOKENS = "user: is it\nassistant: no\n".length();

    @Test
    void aRowIsCutAloneAsInTrainingAndItsExampleIsNot() {
        TextCodec codec = new CharacterCodec(200);
        Conversation row = row("a very long question that does not fit into it", "yes");

        List<Message> asked =
                AskedMessages.of(codec, step(1, 0, 50), row, "yes").orElseThrow();

        String trained = codec.decode(codec.encode(row, 50).tokenIds());
        assertThat(trained).hasSize(50);
        assertThat(codec.renderPrompt(asked) + "yes\n").isEqualTo("user: is it\nassistant: no\n" + trained);
    }

    @Test
    void theLongestLabelHasRoomInTheRowsLimit() {
        TextCodec codec = new CharacterCodec(200);
        Conversation row = row("a very long question that does not fit into it", "no");

        List<Message> asked =
                AskedMessages.of(codec, step(0, 0, 50), row, "perhaps").orElseThrow();

        assertThat(codec.renderPrompt(asked) + "perhaps\n").hasSize(50);
    }

    @Test
    void asManyExamplesAreShownAsTheModelsLengthHasRoomFor() {
        Conversation row = row("ok", "yes");
        int own = "user: ok\nassistant: yes\n".length();
        WorkStep.Predict step = step(3, 0, own);

        for (int context = own; context <= own + 4 * SHOT_TOKENS; context++) {
            int shown = Math.min(3, (context - own) / SHOT_TOKENS);

            assertThat(AskedMessages.of(new CharacterCodec(context), step, row, "yes"))
                    .as("a model of %d tokens", context)
                    .contains(step.withShots(row.prompt(), shown));
        }
    }

    @Test
    void anAnswerThatIsWrittenHasRoomBehindTheExamples() {
        Conversation row = row("ok", "yes");
        int withAnswer = "user: is it\nassistant: no\nuser: ok\nassistant: ".length() + 10;
        WorkStep.Predict step = step(1, 10, 0);

        assertThat(AskedMessages.of(new CharacterCodec(withAnswer), step, row, "yes"))
                .contains(step.withShots(row.prompt()));
        assertThat(AskedMessages.of(new CharacterCodec(withAnswer - 1), step, row, "yes"))
                .contains(row.prompt());
    }

    /** Of a system message nothing is cut, so that tokens of the row are. */
    @Test
    void aRowThatFitsNotEvenWithoutItsQuestionIsShownNoExample() {
        Conversation row = new Conversation(
                new RowRef("rows", 1),
                List.of(
                        new Message(Role.SYSTEM, "answer as briefly as you can"),
                        new Message(Role.USER, "ok"),
                        new Message(Role.ASSISTANT, "yes")),
                null);

        assertThat(AskedMessages.of(new CharacterCodec(200), step(1, 0, 30), row, "yes"))
                .isEmpty();
    }

    private static Conversation row(String question, String answer) {
        return new Conversation(
                new RowRef("rows", 1),
                List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)),
                null);
    }

    private static WorkStep.Predict step(int shots, int maxNewTokens, int maxTokens) {
        return new WorkStep.Predict(
                Variant.BASE_FEW_SHOT,
                "test.jsonl",
                Collections.nCopies(shots, SHOT),
                List.of(),
                LabelScoring.LIKELIHOOD,
                maxNewTokens,
                maxTokens);
    }

    /** A codec of a token a character and a line a message. Cuts the middle of the longest user message. */
    private record CharacterCodec(int contextTokens) implements TextCodec {
        @Override
        public int vocabularySize() {
            return Character.MAX_VALUE + 1;
        }

        @Override
        public int endOfTextToken() {
            return '\n';
        }

        @Override
        public List<Integer> stopTokens() {
            return List.of(endOfTextToken());
        }

        @Override
        public int[] encodeText(String text) {
            return text.chars().toArray();
        }

        @Override
        public String decode(int[] tokenIds) {
            return new String(tokenIds, 0, tokenIds.length);
        }

        @Override
        public List<String> pieces(int[] tokenIds) {
            return decode(tokenIds)
                    .chars()
                    .mapToObj(letter -> Character.toString(letter))
                    .toList();
        }

        @Override
        public EncodedExample encode(Example example, int maxTokens) {
            Conversation row = (Conversation) example;
            List<Message> messages = fitted(row, maxTokens == 0 ? contextTokens : maxTokens);
            int[] tokens = encodeText(render(messages));
            BitSet trained = new BitSet();
            trained.set(encodePrompt(messages.subList(0, messages.size() - 1)).length, tokens.length);
            return new EncodedExample(tokens, trained, render(row.messages()).length());
        }

        @Override
        public List<Message> fitted(Conversation row, int maxTokens) {
            List<Message> messages = new ArrayList<>(row.messages());
            Message longest = messages.stream()
                    .filter(message -> message.role() == Role.USER)
                    .max(Comparator.comparingInt(message -> message.content().length()))
                    .orElseThrow();
            String text = longest.content();
            int over = Math.max(0, render(messages).length() - maxTokens);
            int kept = Math.max(0, text.length() - over);
            String cut = text.substring(0, kept / 2) + text.substring(text.length() - (kept - kept / 2));
            messages.set(messages.indexOf(longest), new Message(Role.USER, cut));
            return messages;
        }

        @Override
        public int[] encodePrompt(List<Message> messages) {
            return encodeText(renderPrompt(messages));
        }

        @Override
        public String renderPrompt(List<Message> messages) {
            return render(messages) + "assistant: ";
        }

        @Override
        public int[] encodeAnswer(List<Message> prompt, String answer) {
            return encodeText(answer + "\n");
        }

        @Override
        public void close() {}

        private static String render(List<Message> messages) {
            return messages.stream()
                    .map(message -> message.role().name().toLowerCase(Locale.ROOT) + ": " + message.content() + "\n")
                    .collect(Collectors.joining());
        }
    }
}
