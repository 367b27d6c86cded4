package dev.finetune4j.training.predict;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.problem.LoopProblems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The next turn of a conversation. Where the conversation is longer than the model computes, its oldest turns are left out. What it has in
 * common with the turn before is not computed again by a model that stays the same.
 *
 * @param model ready to answer
 * @param codec its text side
 * @param supportedTokens tokens of the longest conversation, with its answer, that is supported, virtual ones not counted;
 *     {@link TextCodec#contextTokens()} caps larger values
 */
public record ChatTurn(LanguageModel model, TextCodec codec, int supportedTokens) {
    /** The text of half a character, which the next token completes. */
    private static final char UNFINISHED = '\uFFFD';

    /**
     * Answers.
     *
     * @param spoken told each further piece of the answer
     * @param isInterrupted asked after each token
     * @throws dev.finetune4j.error.FineTuneException with FT0628 if the last message alone leaves no room for an answer
     */
    public ChatReply answer(ChatQuestion question, Consumer<String> spoken, BooleanSupplier isInterrupted) {
        Sampling sampling = question.sampling();
        int context = Math.min(codec.contextTokens(), supportedTokens);
        List<Message> messages = new ArrayList<>(question.messages());
        int[] prompt = codec.encodePrompt(messages);
        // An answer may be cut where the conversation is long, but not to less than half of what is supported.
        int wanted = Math.min(sampling.maxNewTokens(), context / 2);
        while (prompt.length + wanted > context && dropOldestTurn(messages)) {
            prompt = codec.encodePrompt(messages);
        }
        int room = context - prompt.length;
        if (room < 1) {
            throw LoopProblems.PROMPT_DOES_NOT_FIT
                    .error("the prompt leaves no room for an answer")
                    .because("it has " + prompt.length + " tokens, the model's length is " + codec.contextTokens()
                            + (context < codec.contextTokens() ? ", of which " + context + " are supported" : ""))
                    .asException();
        }
        Speech speech = new Speech(codec, spoken);
        LanguageModel.Generated answer = model.generate(
                Arrays.copyOf(prompt, prompt.length - 1),
                Arrays.copyOfRange(prompt, prompt.length - 1, prompt.length),
                codec.stopTokens(),
                sampling.withAtMost(room),
                token -> {
                    speech.add(token);
                    return !isInterrupted.getAsBoolean();
                });
        String text = codec.decode(answer.tokenIds());
        speech.finish(text);
        return new ChatReply(
                new GeneratedText(question.variant(), text, answer.tokenIds().length, answer.complete()),
                question.messages().size() - messages.size(),
                !answer.complete() && isInterrupted.getAsBoolean(),
                Map.of());
    }

    /** Leaves out the first message that is not the system's and all up to the next one of the person; the last one stays. */
    private static boolean dropOldestTurn(List<Message> messages) {
        int first = messages.get(0).role() == Role.SYSTEM ? 1 : 0;
        int next = first + 1;
        while (next < messages.size() && messages.get(next).role() != Role.USER) {
            next++;
        }
        if (next >= messages.size()) {
            return false;
        }
        messages.subList(first, next).clear();
        return true;
    }

    /** Says what is new of a text that grows by tokens. */
    private static final class Speech {
        private final TextCodec codec;
        private final Consumer<String> spoken;
        private int[] tokens = {};
        private String said = "";

        Speech(TextCodec codec, Consumer<String> spoken) {
            this.codec = codec;
            this.spoken = spoken;
        }

        void add(int token) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = token;
            String text = codec.decode(tokens);
            if (!text.isEmpty() && text.charAt(text.length() - 1) != UNFINISHED) {
                finish(text);
            }
        }

        void finish(String text) {
            if (text.length() > said.length() && text.startsWith(said)) {
                spoken.accept(text.substring(said.length()));
                said = text;
            }
        }
    }
}
