package dev.finetune4j.spi;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.util.List;

/**
 * Turns rows into tokens exactly as training does: chat template, tokenizer and loss mask of one model. Needs no torch, so that
 * {@code check} can show what will be trained. Safe for use by several threads.
 */
public interface TextCodec extends AutoCloseable {
    /** The code of the problem where the model's chat template itself says no to the messages of a row. */
    String TEMPLATE_REFUSES = "FT0442";

    /**
     * Whether the model answers in text. An encoder does not: it tells labels apart by the first token of a text, the one that is
     * learned from. True by default.
     */
    default boolean speaks() {
        return true;
    }

    /** Tokens that the model was made for (its position limit). */
    int contextTokens();

    /**
     * Tokens that a row of a job may have.
     *
     * @param maxTokens what the job allows, 0 for {@link #contextTokens()}, which also caps larger values
     */
    default int rowLimit(int maxTokens) {
        return maxTokens == 0 ? contextTokens() : Math.min(maxTokens, contextTokens());
    }

    /** Entries of the vocabulary, added tokens included. */
    int vocabularySize();

    /** The token that ends a text, and a turn where the template has no other. */
    int endOfTextToken();

    /** Tokens after which generation stops. */
    List<Integer> stopTokens();

    /** What a person should know about the text side of this model, whatever the rows are; none by default. */
    default List<Problem> notes() {
        return List.of();
    }

    /**
     * What a person should know who trains or asks this model with conversations, such as that it has no chat template; none by
     * default. Passages pass it by.
     */
    default List<Problem> conversationNotes() {
        return List.of();
    }

    /** Tokens of plain text, without special tokens added; the spelling of a special token is plain text. */
    int[] encodeText(String text);

    /** The text of tokens; special tokens are left out. */
    String decode(int[] tokenIds);

    /**
     * The text of each single token where it stands, with the blank before it if there is one, special tokens shown as they are spelled;
     * for display. Of tokens that hold a character together, the last one may have all of the text and the others none.
     */
    List<String> pieces(int[] tokenIds);

    /**
     * A row for training: every assistant message with its end of turn is trained, or the whole passage with an end of text.
     * A row over {@code maxTokens} loses tokens in the middle of its prompt's longest user message first where it is a
     * conversation, so that what stands at its ends and the answer stay; a passage is cut at the end.
     *
     * @param maxTokens limit, or 0 for {@link #contextTokens()}
     * @throws FineTuneException with {@link #TEMPLATE_REFUSES} if the model's chat template refuses the messages, with another code if
     *     it cannot be rendered or tokenized
     */
    EncodedExample encode(Example example, int maxTokens);

    /**
     * The messages that {@link #encode} makes the tokens of: the longest user messages shortened, as far as they are more than the row
     * may have; all of them whole where a codec cuts nothing but tokens.
     *
     * @param maxTokens as for {@link #encode}
     * @throws FineTuneException as {@link #encode}
     */
    default List<Message> fitted(Example.Conversation row, int maxTokens) {
        return row.messages();
    }

    /**
     * The rendered prompt up to where the assistant's answer starts (generation prompt included), as tokens.
     *
     * @throws FineTuneException as {@link #encode}
     */
    int[] encodePrompt(List<Message> messages);

    /** The text that {@link #encodePrompt} tokenizes, for display. */
    String renderPrompt(List<Message> messages);

    /**
     * Answer tokens as they stand after {@link #encodePrompt}, end of turn included.
     *
     * @throws FineTuneException as {@link #encode}
     */
    int[] encodeAnswer(List<Message> prompt, String answer);

    @Override
    void close();
}
