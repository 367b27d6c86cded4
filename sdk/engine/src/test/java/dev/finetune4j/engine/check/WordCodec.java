package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A codec with the ChatML template that makes each word of at most six characters a token, and of every character outside the
 * Latin scripts three fragments, as a byte-level vocabulary does. Refuses conversations that the assistant begins.
 */
public final class WordCodec implements TextCodec {
    static final String TURN_START = "<|im_start|>";
    static final String TURN_END = "<|im_end|>";
    static final ProblemKind REFUSAL =
            new ProblemKind("FT0499", "refused", ExitCode.INVALID, "the template refuses", "change the order");
    private static final int SPECIAL = 3;
    private static final int FRAGMENT = 3;
    private static final Pattern PIECE = Pattern.compile(
            "<\\|endoftext\\|>|<\\|im_start\\|>|<\\|im_end\\|>|[\u0000-\u001f]|[\u0800-\uffff]| ?[^\\s<\u0800-\uffff]{1,6}|<|\\s");

    private final int contextTokens;
    private final boolean speaks;
    private final List<Problem> notes;
    private final List<Problem> conversationNotes;
    private final List<String> pieces =
            new CopyOnWriteArrayList<>(List.of("<|endoftext|>", TURN_START, TURN_END, "\uFFFD"));
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();

    /** A model of so many tokens. */
    public WordCodec(int contextTokens) {
        this(contextTokens, List.of(), List.of());
    }

    /** A model of so many tokens that has something to say, of all rows and of conversations. */
    WordCodec(int contextTokens, List<Problem> notes, List<Problem> conversationNotes) {
        this(contextTokens, true, notes, conversationNotes);
    }

    private WordCodec(int contextTokens, boolean speaks, List<Problem> notes, List<Problem> conversationNotes) {
        this.contextTokens = contextTokens;
        this.speaks = speaks;
        this.notes = notes;
        this.conversationNotes = conversationNotes;
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id), id);
        }
    }

    /** A model of so many tokens that tells labels apart and writes nothing. */
    static WordCodec ofEncoder(int contextTokens) {
        return new WordCodec(contextTokens, false, List.of(), List.of());
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
    public List<Problem> notes() {
        return notes;
    }

    @Override
    public List<Problem> conversationNotes() {
        return conversationNotes;
    }

    @Override
    public int vocabularySize() {
        return 1 << 20;
    }

    @Override
    public int endOfTextToken() {
        return 0;
    }

    @Override
    public List<Integer> stopTokens() {
        return List.of(2);
    }

    @Override
    public int[] encodeText(String text) {
        List<Integer> encoded = new ArrayList<>();
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            String piece = matcher.group();
            if (piece.charAt(0) >= 0x800) {
                encoded.addAll(List.of(FRAGMENT, FRAGMENT, FRAGMENT));
            } else {
                encoded.add(id(piece));
            }
        }
        return encoded.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String decode(int[] tokenIds) {
        StringBuilder text = new StringBuilder();
        for (int id : tokenIds) {
            text.append(id < SPECIAL ? "" : pieces.get(id));
        }
        return text.toString();
    }

    @Override
    public List<String> pieces(int[] tokenIds) {
        List<String> spelled = new ArrayList<>();
        for (int id : tokenIds) {
            spelled.add(pieces.get(id));
        }
        return spelled;
    }

    @Override
    public EncodedExample encode(Example example, int maxTokens) {
        int limit = maxTokens == 0 ? contextTokens : maxTokens;
        if (example instanceof Example.Passage passage) {
            int[] all = encodeText(passage.text() + "<|endoftext|>");
            int length = Math.min(limit, all.length);
            BitSet trained = new BitSet();
            trained.set(0, length);
            return new EncodedExample(Arrays.copyOf(all, length), trained, all.length);
        }
        List<Message> messages = ((Example.Conversation) example).messages();
        refuseOtherOrder(messages);
        int untruncated = render(messages, 0).tokens.size();
        Rendered cut = render(messages, Math.max(0, untruncated - limit));
        int length = Math.min(limit, cut.tokens.size());
        cut.trained.clear(length, Math.max(length, cut.trained.length()));
        return new EncodedExample(
                cut.tokens.stream().limit(length).mapToInt(Integer::intValue).toArray(), cut.trained, untruncated);
    }

    @Override
    public int[] encodePrompt(List<Message> messages) {
        return encodeText(renderPrompt(messages));
    }

    @Override
    public String renderPrompt(List<Message> messages) {
        refuseOtherOrder(messages);
        return messages.stream()
                        .map(message -> head(message.role()) + message.content() + TURN_END + "\n")
                        .collect(Collectors.joining())
                + head(Role.ASSISTANT);
    }

    @Override
    public int[] encodeAnswer(List<Message> prompt, String answer) {
        return encodeText(answer + TURN_END);
    }

    @Override
    public void close() {}

    private static void refuseOtherOrder(List<Message> messages) {
        if (messages.get(0).role() == Role.ASSISTANT) {
            throw REFUSAL.error("a conversation must begin with the user").asException();
        }
    }

    private record Rendered(List<Integer> tokens, BitSet trained) {}

    private Rendered render(List<Message> messages, int cutFromLongest) {
        int longest = IntStream.range(0, messages.size())
                .filter(i -> messages.get(i).role() == Role.USER)
                .boxed()
                .max(Comparator.comparingInt(i -> messages.get(i).content().length()))
                .orElseThrow();
        Rendered rendered = new Rendered(new ArrayList<>(), new BitSet());
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            append(rendered, encodeText(head(message.role())), 0);
            int start = rendered.tokens.size();
            int[] content = encodeText(message.content() + TURN_END);
            append(rendered, content, i == longest ? Math.min(cutFromLongest, content.length - 1) : 0);
            if (message.role() == Role.ASSISTANT) {
                rendered.trained.set(start, rendered.tokens.size());
            }
            append(rendered, encodeText("\n"), 0);
        }
        return rendered;
    }

    private static void append(Rendered rendered, int[] tokens, int from) {
        for (int i = from; i < tokens.length; i++) {
            rendered.tokens.add(tokens[i]);
        }
    }

    private static String head(Role role) {
        return TURN_START + role.name().toLowerCase(Locale.ROOT) + "\n";
    }

    private synchronized int id(String piece) {
        return ids.computeIfAbsent(piece, key -> {
            pieces.add(key);
            return pieces.size() - 1;
        });
    }
}
