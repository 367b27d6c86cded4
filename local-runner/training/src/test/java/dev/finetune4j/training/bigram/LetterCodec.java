package dev.finetune4j.training.bigram;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A codec of one token a letter, with a turn token before each message and an end token after it. Cuts a row that is too long in the middle of its
 * longest user message, as {@link TextCodec} asks. One for encoders reads the prompt alone, and marks its first token.
 */
public final class LetterCodec implements TextCodec {
    /** Entries of the vocabulary. */
    public static final int VOCABULARY = 32;

    private static final int END = 0;
    private static final int FIRST_LETTER = 4;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz /";

    private final int contextTokens;
    private final int shift;
    private final boolean speaks;

    /** A codec of a model of so many positions. */
    public LetterCodec(int contextTokens) {
        this(contextTokens, 0);
    }

    /** A codec whose letters are shifted, as those of another model's tokenizer would be. */
    public LetterCodec(int contextTokens, int shift) {
        this(contextTokens, shift, true);
    }

    private LetterCodec(int contextTokens, int shift, boolean speaks) {
        this.contextTokens = contextTokens;
        this.shift = shift;
        this.speaks = speaks;
    }

    /** A codec of an encoder of so many positions. */
    public static LetterCodec ofEncoder(int contextTokens) {
        return new LetterCodec(contextTokens, 0, false);
    }

    @Override
    public boolean speaks() {
        return speaks;
    }

    @Override
    public int contextTokens() {
        return contextTokens;
    }

    @Override
    public int vocabularySize() {
        return VOCABULARY;
    }

    @Override
    public int endOfTextToken() {
        return END;
    }

    @Override
    public List<Integer> stopTokens() {
        return List.of(END);
    }

    @Override
    public int[] encodeText(String text) {
        return text.toLowerCase(java.util.Locale.ROOT)
                .chars()
                .map(letter -> shift + FIRST_LETTER + Math.max(0, LETTERS.indexOf(letter)))
                .toArray();
    }

    /** Tokens of which there are no letters are nothing, as those that mark an end are: a model may have more of them than it was taught. */
    @Override
    public String decode(int[] tokenIds) {
        return Arrays.stream(tokenIds)
                .filter(token -> token >= FIRST_LETTER && token < FIRST_LETTER + LETTERS.length())
                .mapToObj(token -> LETTERS.substring(token - FIRST_LETTER, token - FIRST_LETTER + 1))
                .collect(Collectors.joining());
    }

    @Override
    public List<String> pieces(int[] tokenIds) {
        return Arrays.stream(tokenIds)
                .mapToObj(token -> decode(new int[] {token}))
                .toList();
    }

    @Override
    public EncodedExample encode(Example example, int maxTokens) {
        int limit = maxTokens == 0 ? contextTokens : maxTokens;
        if (example instanceof Example.Passage passage) {
            int[] tokens = concat(encodeText(passage.text()), new int[] {END});
            BitSet all = new BitSet();
            all.set(0, Math.min(limit, tokens.length));
            return new EncodedExample(Arrays.copyOf(tokens, Math.min(limit, tokens.length)), all, tokens.length);
        }
        Example.Conversation conversation = (Example.Conversation) example;
        if (!speaks) {
            int[] prompt = render(conversation.prompt());
            BitSet first = new BitSet();
            first.set(0);
            return new EncodedExample(Arrays.copyOf(prompt, Math.min(limit, prompt.length)), first, prompt.length);
        }
        int untruncated = render(conversation.messages()).length;
        List<Message> messages = fitted(conversation, limit);
        int[] tokens = render(messages);
        BitSet trained = new BitSet();
        int start = 0;
        for (Message message : messages) {
            int end = start + message.content().length() + 2;
            if (message.role() == Role.ASSISTANT) {
                trained.set(start + 1, end);
            }
            start = end;
        }
        int kept = Math.min(limit, tokens.length);
        return new EncodedExample(Arrays.copyOf(tokens, kept), trained.get(0, kept), untruncated);
    }

    @Override
    public List<Message> fitted(Example.Conversation row, int maxTokens) {
        List<Message> messages = new ArrayList<>(row.messages());
        while (render(messages).length > (maxTokens == 0 ? contextTokens : maxTokens)
                && cutLongestUserMessage(messages)) {
            // One letter less each time.
        }
        return messages;
    }

    @Override
    public int[] encodePrompt(List<Message> messages) {
        return concat(render(messages), new int[] {turn(Role.ASSISTANT)});
    }

    @Override
    public String renderPrompt(List<Message> messages) {
        return decode(encodePrompt(messages));
    }

    @Override
    public int[] encodeAnswer(List<Message> prompt, String answer) {
        return concat(encodeText(answer), new int[] {END});
    }

    @Override
    public void close() {}

    private static boolean cutLongestUserMessage(List<Message> messages) {
        int longest = -1;
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.USER
                    && (longest < 0
                            || messages.get(i).content().length()
                                    > messages.get(longest).content().length())) {
                longest = i;
            }
        }
        if (longest < 0 || messages.get(longest).content().isEmpty()) {
            return false;
        }
        String content = messages.get(longest).content();
        int cut = content.length() / 4;
        messages.set(longest, new Message(Role.USER, content.substring(0, cut) + content.substring(cut + 1)));
        return true;
    }

    private int[] render(List<Message> messages) {
        int[] tokens = {};
        for (Message message : messages) {
            tokens = concat(tokens, new int[] {turn(message.role())}, encodeText(message.content()), new int[] {END});
        }
        return tokens;
    }

    private static int turn(Role role) {
        return switch (role) {
            case SYSTEM -> 1;
            case USER -> 2;
            case ASSISTANT -> 3;
        };
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
