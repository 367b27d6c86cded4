package dev.finetune4j.training.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With one letter a token, and three more around each message. */
class ChatTurnTest {
    private static final int CONTEXT = 64;

    private final LetterCodec codec = new LetterCodec(CONTEXT);
    private final BigramModel model = new BigramModel(codec.vocabularySize());
    private final List<String> pieces = new ArrayList<>();

    /** It answers "hahaha" for as long as it may. */
    @BeforeEach
    void teachTheModelToLaugh() {
        Example taught =
                new Example.Conversation(new RowRef("rows", 1), List.of(user("x"), assistant("ha".repeat(20))), null);
        TokenBatch batch = TokenBatch.of(List.of(codec.encode(taught, 0)));
        for (int step = 1; step <= 30; step++) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), step);
            model.step(step, 0.1, 0, 1);
        }
    }

    @Test
    void speaksTheAnswerPieceByPiece() {
        ChatReply reply = ask(() -> false, 8, user("hello"));

        assertThat(reply.answer().tokens()).isEqualTo(8);
        assertThat(reply.answer().complete()).isFalse();
        assertThat(pieces).containsExactly("h", "a", "h", "a", "h", "a", "h", "a");
        assertThat(reply.answer().text()).isEqualTo("hahahaha");
        assertThat(reply.droppedMessages()).isZero();
        assertThat(reply.interrupted()).isFalse();
    }

    @Test
    void stopsWhereThePersonInterrupts() {
        ChatReply reply = ask(() -> pieces.size() == 3, 8, user("hello"));

        assertThat(reply.interrupted()).isTrue();
        assertThat(reply.answer().complete()).isFalse();
        assertThat(reply.answer().tokens()).isEqualTo(3);
        assertThat(String.join("", pieces)).isEqualTo(reply.answer().text());
    }

    @Test
    void leavesOutTheOldestTurnsThatDoNotFit() {
        Message system = new Message(Role.SYSTEM, "be kind");
        Message[] turns = {
            system,
            user("a".repeat(12)),
            assistant("b".repeat(12)),
            user("c".repeat(12)),
            assistant("d".repeat(12)),
            user("e".repeat(12))
        };

        ChatReply reply = ask(() -> false, 8, turns);

        List<Message> kept = List.of(system, turns[3], turns[4], turns[5]);
        assertThat(codec.encodePrompt(List.of(turns)).length + 8).isGreaterThan(CONTEXT);
        assertThat(codec.encodePrompt(kept).length + 8).isLessThanOrEqualTo(CONTEXT);
        assertThat(reply.droppedMessages()).isEqualTo(2);
        assertThat(reply.answer().tokens()).isEqualTo(8);
    }

    @Test
    void refusesAMessageThatLeavesNoRoom() {
        assertThatThrownBy(() -> ask(() -> false, 8, user("a".repeat(CONTEXT))))
                .hasMessageContaining("FT0628")
                .hasMessageContaining("no room");
    }

    @Test
    void goesNoFurtherThanPositionsAreComputed() {
        Message[] turns = {user("a".repeat(12)), assistant("b".repeat(12)), user("c".repeat(12))};

        assertThat(ask(CONTEXT, () -> false, 8, turns).droppedMessages()).isZero();
        assertThat(ask(32, () -> false, 8, turns).droppedMessages()).isEqualTo(2);
        assertThat(ask(32, () -> false, 40, turns[0]).answer().tokens())
                .isEqualTo(32 - codec.encodePrompt(List.of(turns[0])).length);
        assertThatThrownBy(() -> ask(32, () -> false, 8, user("a".repeat(32))))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .singleElement()
                                .asString()
                                .endsWith("tokens, the model's length is 64, of which 32 are supported"));
    }

    private ChatReply ask(BooleanSupplier isInterrupted, int maxNewTokens, Message... messages) {
        return ask(CONTEXT, isInterrupted, maxNewTokens, messages);
    }

    private ChatReply ask(int supportedTokens, BooleanSupplier isInterrupted, int maxNewTokens, Message... messages) {
        return new ChatTurn(model, codec, supportedTokens)
                .answer(
                        new ChatQuestion(Variant.TUNED, List.of(messages), Sampling.greedy(maxNewTokens)),
                        pieces::add,
                        isInterrupted);
    }

    private static Message user(String text) {
        return new Message(Role.USER, text);
    }

    private static Message assistant(String text) {
        return new Message(Role.ASSISTANT, text);
    }
}
