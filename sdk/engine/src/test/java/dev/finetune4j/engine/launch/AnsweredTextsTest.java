package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.WordCodec;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Proposal.AnswerLengths;
import dev.finetune4j.spi.TextCodec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnsweredTextsTest {
    private static final TextCodec CODEC = new WordCodec(1024);
    private static final Example.Conversation SHORT = row(1, 5, "calm");
    private static final Example.Conversation LONG = row(2, 40, "cross");

    @Test
    void isTheLongestPromptWithItsAnswer() {
        int prompt = CODEC.encodePrompt(LONG.prompt()).length;

        assertThat(longest(CODEC, predict(List.of(), List.of("calm", "cross"), 0)))
                .isEqualTo(new AnswerLengths(0, prompt + CODEC.encodeAnswer(LONG.prompt(), "cross").length, 0));
        assertThat(longest(CODEC, predict(List.of(), List.of(), 100)))
                .as("an answer is written")
                .isEqualTo(new AnswerLengths(0, prompt + 100, prompt + 100));
    }

    @Test
    void countsTheExamplesOfAPrompt() {
        WorkStep.Predict plain = predict(List.of(), List.of("calm", "cross"), 0);
        WorkStep.Predict shown = predict(List.of(SHORT, LONG, SHORT), List.of("calm", "cross"), 0);

        int more = longest(CODEC, shown).conversation() - longest(CODEC, plain).conversation();

        assertThat(more)
                .isEqualTo(CODEC.encodePrompt(shown.withShots(LONG.prompt())).length
                        - CODEC.encodePrompt(LONG.prompt()).length)
                .isGreaterThan(50);
        assertThat(new AnsweredTexts(CODEC, List.of(plain, shown)).longest(() -> List.<Example>of(LONG).stream()))
                .isEqualTo(longest(CODEC, shown));
    }

    @Test
    void isNoLongerThanTheModelReads() {
        WorkStep.Predict shown = predict(List.of(LONG, LONG), List.of("calm", "cross"), 0);

        assertThat(longest(new WordCodec(64), shown).conversation())
                .as("an example that leaves no room is left out whole")
                .isEqualTo(longest(new WordCodec(64), predict(List.of(), List.of("calm", "cross"), 0))
                        .conversation())
                .isLessThanOrEqualTo(64);
    }

    @Test
    void countsOfAnAnswerThatIsCutWhatIsLeft() {
        Example.Conversation answered = row(3, 5, words(90));
        WorkStep.Predict step = predict(List.of(), List.of(), 0);

        assertThat(new AnsweredTexts(new WordCodec(64), List.of(step))
                        .longest(() -> List.<Example>of(answered).stream()))
                .isEqualTo(new AnswerLengths(0, 64, 0));
    }

    @Test
    void tellsPassagesApart() {
        Example passage = new Example.Passage(new RowRef("rows", 1), words(30));

        assertThat(new AnsweredTexts(CODEC, List.of(predict(List.of(), List.of(), 0)))
                        .longest(() -> List.of(passage).stream()))
                .isEqualTo(new AnswerLengths(CODEC.encode(passage, 1024).length(), 0, 0));
    }

    @Test
    void tellsTheBeginningOfAPassageThatIsContinued() {
        Example passage = new Example.Passage(new RowRef("rows", 1), words(30));
        WorkStep.Predict step = new WorkStep.Predict(
                Variant.TUNED, "test.jsonl", List.of(), List.of(), LabelScoring.LIKELIHOOD, 20, 0, true);
        int tokens = CODEC.encode(passage, 1024).length();

        assertThat(new AnsweredTexts(CODEC, List.of(step)).longest(() -> List.of(passage).stream()))
                .isEqualTo(new AnswerLengths(tokens, tokens / 2 + 20, tokens / 2 + 20));
    }

    @Test
    void namesTheRowThatTheChatTemplateRefuses() {
        Example begun = new Example.Conversation(
                new RowRef("rows", 7),
                List.of(
                        new Message(Role.ASSISTANT, "who is there"),
                        new Message(Role.USER, "me"),
                        new Message(Role.ASSISTANT, "come in")),
                null);

        assertThatThrownBy(() -> new AnsweredTexts(CODEC, List.of(predict(List.of(), List.of(), 4)))
                        .longest(() -> List.of(begun).stream()))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0325");
                            assertThat(problem.location()).isEqualTo(new Location.InRow("rows", 7, null));
                            assertThat(problem.causes()).containsExactly("a conversation must begin with the user");
                        }));
    }

    private static AnswerLengths longest(TextCodec codec, WorkStep.Predict step) {
        return new AnsweredTexts(codec, List.of(step)).longest(() -> List.<Example>of(SHORT, LONG).stream());
    }

    private static WorkStep.Predict predict(List<Example.Conversation> shots, List<String> labels, int maxNewTokens) {
        return new WorkStep.Predict(
                Variant.BASE_FEW_SHOT, "test.jsonl", shots, labels, LabelScoring.LIKELIHOOD, maxNewTokens, 0);
    }

    private static Example.Conversation row(long number, int words, String label) {
        return new Example.Conversation(
                new RowRef("rows", number),
                List.of(new Message(Role.USER, words(words)), new Message(Role.ASSISTANT, label)),
                label);
    }

    private static String words(int count) {
        return String.join(
                " ", IntStream.range(0, count).mapToObj(i -> "word" + i).toList());
    }
}
