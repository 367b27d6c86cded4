package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Turns rows into prompts: examples as earlier turns, then the row's own. A prompt that leaves no room for the answer is cut exactly as training cuts
 * it; examples come on top of the row's limit as far as the model's length allows, since they are no part of training.
 */
final class PromptEncoder {
    private final TextCodec codec;
    private final WorkStep.Predict step;

    PromptEncoder(TextCodec codec, WorkStep.Predict step) {
        this.codec = codec;
        this.step = step;
    }

    /** The row's prompt and reference. With labels, every label has room after the prompt. */
    RowPrompt encode(Conversation row) {
        List<Message> messages = step.withShots(row.prompt());
        int[] prompt = codec.encodePrompt(messages);
        int[] reference = codec.encodeAnswer(messages, row.answer());
        String longest = longestAnswer(messages, row.answer());
        int room = codec.encodeAnswer(messages, longest).length;
        int limit = limit(prompt.length, row.prompt());
        if (prompt.length + room <= limit) {
            return new RowPrompt(prompt, reference);
        }
        EncodedExample cut = codec.encode(answered(row, messages, longest), limit);
        BitSet trained = cut.trained();
        int end = trained.length();
        int start = trained.previousClearBit(Math.max(0, end - 1)) + 1;
        int[] tokens = cut.tokenIds();
        int[] cutPrompt = Arrays.copyOf(tokens, Math.max(1, start));
        return step.labels().isEmpty()
                ? new RowPrompt(cutPrompt, Arrays.copyOfRange(tokens, cutPrompt.length, end))
                : new RowPrompt(cutPrompt, reference);
    }

    /** The tokens of a prompt without content, for calibration; shots included. */
    int[] encodeContentFree(Conversation like, String content) {
        List<Message> messages = new ArrayList<>(like.prompt());
        messages.set(ContentFreePrompt.lastUser(messages), new Message(Role.USER, content));
        return encode(new Conversation(like.row(), append(messages, like.answer()), like.label()))
                .tokenIds();
    }

    /** The tokens of an answer after the row's prompt. */
    int[] encodeAnswer(Conversation row, String answer) {
        return codec.encodeAnswer(step.withShots(row.prompt()), answer);
    }

    private String longestAnswer(List<Message> messages, String reference) {
        return step.labels().stream()
                .max(Comparator.comparingInt(label -> codec.encodeAnswer(messages, label).length))
                .orElse(reference);
    }

    private int limit(int promptTokens, List<Message> ownPrompt) {
        int context = codec.contextTokens();
        int own = codec.rowLimit(step.maxTokens());
        int shotTokens = step.shots().isEmpty() ? 0 : promptTokens - codec.encodePrompt(ownPrompt).length;
        return Math.min(context, own + Math.max(0, shotTokens));
    }

    private static Conversation answered(Conversation row, List<Message> messages, String answer) {
        return new Conversation(row.row(), append(messages, answer), row.label());
    }

    private static List<Message> append(List<Message> messages, String answer) {
        List<Message> all = new ArrayList<>(messages);
        all.add(new Message(Role.ASSISTANT, answer));
        return all;
    }
}
