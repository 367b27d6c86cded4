package dev.finetune4j.spi;

import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.run.WorkStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The messages that a model is asked a row by: the row's own, cut as training cuts them, so that all models are asked the same; in front of them
 * whole examples, as many of the first as the model's length leaves room for, since they are no part of training.
 */
public final class AskedMessages {
    private AskedMessages() {}

    /**
     * Of a row.
     *
     * @param answer what needs room behind the prompt: the reference, or the longest label
     * @return empty where the row does not fit its own limit however short its user messages are, so that tokens of it are cut, and no
     *     example is shown
     */
    public static Optional<List<Message>> of(TextCodec codec, WorkStep.Predict step, Conversation row, String answer) {
        List<Message> whole = new ArrayList<>(row.prompt());
        whole.add(new Message(Role.ASSISTANT, answer));
        int limit = limit(codec, step);
        List<Message> fitted = codec.fitted(new Conversation(row.row(), whole, row.label()), limit);
        List<Message> own = fitted.subList(0, fitted.size() - 1);
        int answerTokens = codec.encodeAnswer(own, answer).length;
        if (codec.encodePrompt(own).length + answerTokens > limit) {
            return Optional.empty();
        }
        int room = Math.max(answerTokens, step.maxNewTokens());
        int shots = step.shots().size();
        while (shots > 0 && codec.encodePrompt(step.withShots(own, shots)).length + room > codec.contextTokens()) {
            shots--;
        }
        return Optional.of(step.withShots(own, shots));
    }

    /** Tokens that a row with its answer may have, examples not counted. */
    public static int limit(TextCodec codec, WorkStep.Predict step) {
        return Math.min(codec.contextTokens(), codec.rowLimit(step.maxTokens()));
    }
}
