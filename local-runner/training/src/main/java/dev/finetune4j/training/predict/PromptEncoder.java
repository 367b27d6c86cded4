package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.Example.Passage;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.run.WorkStep.Predict;
import dev.finetune4j.spi.AskedMessages;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Turns rows into prompts: examples as earlier turns, then the row's own. A prompt that leaves no room for the answer is cut exactly as training cuts
 * it, with examples and without, so that all models are asked the same. Examples come whole on top of the row's limit, as many of them as the
 * model's length allows, since they are no part of training.
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
        String longest = longestAnswer(row.prompt(), row.answer());
        Optional<List<Message>> behindShots =
                step.shots().isEmpty() ? Optional.empty() : AskedMessages.of(codec, step, row, longest);
        return behindShots
                .map(messages ->
                        new RowPrompt(codec.encodePrompt(messages), codec.encodeAnswer(messages, row.answer())))
                .orElseGet(() -> alone(row, answered(row, row.prompt(), longest), AskedMessages.limit(codec, step)));
    }

    /** The passage cut as training cuts it. */
    EncodedExample encode(Passage passage) {
        return codec.encode(passage, codec.rowLimit(step.maxTokens()));
    }

    /** The beginning of a passage, and the one token that comes next, which is no answer: a continuation has no right one. */
    RowPrompt beginning(Passage passage) {
        int[] tokens = encode(passage).tokenIds();
        int shown = Math.min(tokens.length, Predict.beginning(tokens.length));
        int next = Math.min(shown, tokens.length - 1);
        return new RowPrompt(Arrays.copyOf(tokens, shown), Arrays.copyOfRange(tokens, next, next + 1));
    }

    /** Tokens of the beginning of a passage that is continued; 0 where passages are read only. */
    int continuedTokens(Passage passage) {
        return step.writesOnPassages() ? beginning(passage).tokenIds().length : 0;
    }

    /** Without examples, exactly as training has it. */
    private RowPrompt alone(Conversation row, Conversation asked, int limit) {
        int[] prompt = codec.encodePrompt(row.prompt());
        int[] reference = codec.encodeAnswer(row.prompt(), row.answer());
        if (prompt.length + codec.encodeAnswer(row.prompt(), asked.answer()).length <= limit) {
            return new RowPrompt(prompt, reference);
        }
        EncodedExample cut = codec.encode(asked, limit);
        BitSet trained = cut.trained();
        int end = trained.length();
        int start = trained.previousClearBit(Math.max(0, end - 1)) + 1;
        int[] tokens = cut.tokenIds();
        int[] cutPrompt = Arrays.copyOf(tokens, Math.max(1, start));
        return step.labels().isEmpty()
                ? new RowPrompt(cutPrompt, Arrays.copyOfRange(tokens, cutPrompt.length, end))
                : new RowPrompt(cutPrompt, reference);
    }

    /** The tokens of a prompt without content, for calibration; shots included, as many as a short row is shown. */
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

    private static Conversation answered(Conversation row, List<Message> messages, String answer) {
        return new Conversation(row.row(), append(messages, answer), row.label());
    }

    private static List<Message> append(List<Message> messages, String answer) {
        List<Message> all = new ArrayList<>(messages);
        all.add(new Message(Role.ASSISTANT, answer));
        return all;
    }
}
