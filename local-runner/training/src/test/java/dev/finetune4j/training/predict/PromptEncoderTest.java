package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.bigram.LetterCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptEncoderTest {
    private final TextCodec codec = new LetterCodec(64);

    @Test
    void promptAndReferenceAreWhatTrainingSees() {
        Conversation row = row("is it good", "yes");

        RowPrompt prompt = new PromptEncoder(codec, step(List.of(), List.of(), 0)).encode(row);

        assertThat(prompt.tokenIds()).isEqualTo(codec.encodePrompt(row.prompt()));
        assertThat(concat(prompt)).isEqualTo(codec.encode(row, 0).tokenIds());
    }

    @Test
    void examplesComeAsEarlierTurnsAfterOneSystemMessage() {
        Conversation row = new Conversation(
                new RowRef("rows", 1),
                List.of(new Message(Role.SYSTEM, "sys"), new Message(Role.USER, "q"), new Message(Role.ASSISTANT, "a")),
                null);
        Conversation shot = new Conversation(
                new RowRef("rows", 2),
                List.of(new Message(Role.SYSTEM, "sys"), new Message(Role.USER, "x"), new Message(Role.ASSISTANT, "y")),
                null);

        RowPrompt prompt = new PromptEncoder(codec, step(List.of(shot), List.of(), 0)).encode(row);

        assertThat(prompt.tokenIds())
                .isEqualTo(codec.encodePrompt(List.of(
                        new Message(Role.SYSTEM, "sys"),
                        new Message(Role.USER, "x"),
                        new Message(Role.ASSISTANT, "y"),
                        new Message(Role.USER, "q"))));
    }

    @Test
    void aLongPromptIsCutAsInTraining() {
        Conversation row = row("a very long question that does not fit", "yes");

        RowPrompt prompt = new PromptEncoder(codec, step(List.of(), List.of(), 20)).encode(row);

        assertThat(concat(prompt)).isEqualTo(codec.encode(row, 20).tokenIds()).hasSize(20);
        assertThat(codec.decode(prompt.referenceIds())).isEqualTo("yes");
    }

    @Test
    void withLabelsTheLongestLabelHasRoom() {
        Conversation row = row("a very long question that does not fit", "no");

        RowPrompt prompt = new PromptEncoder(codec, step(List.of(), List.of("no", "perhaps"), 20)).encode(row);

        assertThat(prompt.tokenIds()).hasSize(20 - "perhaps".length() - 1);
        assertThat(codec.decode(prompt.referenceIds())).isEqualTo("no");
    }

    @Test
    void examplesDoNotTakeRoomFromTheRow() {
        Conversation row = row("a question that fits", "yes");
        Conversation shot = row("another question", "no");

        RowPrompt prompt = new PromptEncoder(codec, step(List.of(shot), List.of(), 30)).encode(row);

        assertThat(codec.decode(prompt.tokenIds())).isEqualTo("another question" + "no" + "a question that fits");
        assertThat(prompt.tokenIds()).hasSizeGreaterThan(30);
    }

    /** All models are asked the same, whether examples come before it or not. */
    @Test
    void aRowThatIsTooLongIsCutAndItsExamplesAreNot() {
        Conversation row = row("a very long question that does not fit", "yes");
        Conversation shot = row("another quite long question", "no");

        RowPrompt alone = new PromptEncoder(new LetterCodec(64), step(List.of(), List.of(), 20)).encode(row);
        RowPrompt after = new PromptEncoder(new LetterCodec(64), step(List.of(shot), List.of(), 20)).encode(row);

        assertThat(codec.decode(after.tokenIds()))
                .isEqualTo("another quite long question" + "no" + codec.decode(alone.tokenIds()));
        assertThat(after.referenceIds()).isEqualTo(alone.referenceIds());
    }

    /** The question is never cut for an example's sake. */
    @Test
    void asManyExamplesComeAsTheModelsLengthAllows() {
        Conversation row = row("a question that fits", "yes");
        List<Conversation> shots = List.of(row("first one", "no"), row("second one", "yes"), row("third one", "no"));

        for (int context : new int[] {40, 60, 80, 100}) {
            RowPrompt prompt = new PromptEncoder(new LetterCodec(context), step(shots, List.of(), 30)).encode(row);
            String text = codec.decode(prompt.tokenIds());

            assertThat(text).endsWith("a question that fits");
            assertThat(concat(prompt)).hasSizeLessThanOrEqualTo(context);
            assertThat("first onenosecond oneyesthird oneno" + "a question that fits")
                    .as("examples are left out whole, the last first")
                    .startsWith(text.substring(0, text.length() - "a question that fits".length()));
            assertThat(text.contains("third")).isEqualTo(context >= 80);
        }
    }

    private static int[] concat(RowPrompt prompt) {
        return java.util.stream.IntStream.concat(
                        java.util.Arrays.stream(prompt.tokenIds()), java.util.Arrays.stream(prompt.referenceIds()))
                .toArray();
    }

    private static Conversation row(String question, String answer) {
        return new Conversation(
                new RowRef("rows", 1),
                List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)),
                null);
    }

    private static WorkStep.Predict step(List<Conversation> shots, List<String> labels, int maxTokens) {
        return new WorkStep.Predict(
                Variant.BASE_FEW_SHOT, "test.jsonl", shots, labels, LabelScoring.LIKELIHOOD, 8, maxTokens);
    }
}
