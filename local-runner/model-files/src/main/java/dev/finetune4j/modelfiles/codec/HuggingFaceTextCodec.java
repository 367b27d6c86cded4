package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.template.ChatTemplate;
import dev.finetune4j.modelfiles.tokenizer.AddedToken;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text side of a model in Hugging Face layout or GGUF.
 *
 * <p>Contents are data: a special token spelled in a message is tokenized as plain text. A template that asks for the date gets a fixed
 * one. Conversations with a model without template are written as plain text ({@link #conversationNotes()} says so).
 */
final class HuggingFaceTextCodec implements TextCodec {
    private static final String PLAIN_TEMPLATE = "plain.jinja";

    private final int contextTokens;
    private final int vocabularySize;
    private final int endOfTextToken;
    private final @Nullable Integer beginToken;
    private final List<Integer> stopTokens;
    private final List<Problem> notes;
    private final List<Problem> conversationNotes;
    private final SpecialTokens specialTokens;
    private final ConversationRenderer renderer;
    private final TurnSplitter splitter;
    private final PieceEncoder encoder;
    private final RowTruncation truncation;
    private final List<Problem> ofTraining;

    private HuggingFaceTextCodec(ModelFolder folder, ModelConfig config, TextSettings settings) {
        this.contextTokens = config.contextTokens();
        List<Integer> endTokens = folder.endTokens();
        VocabularyFit fit = new VocabularyFit(settings.tokenizer(), config.vocabularySize(), endTokens);
        fit.refuseAnotherModel();
        this.vocabularySize = settings.tokenizer().vocabularySize();
        Optional<Integer> endToken =
                Optional.ofNullable(settings.specialTokens().get("eos_token")).flatMap(settings.tokenizer()::id);
        this.endOfTextToken = endToken.or(() -> endTokens.stream().findFirst()).orElseThrow(() -> noEndToken(folder));
        this.beginToken = settings.beginsTexts()
                ? Optional.ofNullable(settings.specialTokens().get("bos_token"))
                        .flatMap(settings.tokenizer()::id)
                        .orElse(null)
                : null;
        this.specialTokens = new SpecialTokens(settings.tokenizer().addedTokens());
        this.renderer = new ConversationRenderer(template(settings), templateTokens(settings, endOfTextToken));
        this.splitter = new TurnSplitter(renderer, specialTokens);
        this.notes = fit.doubts(settings.specialTokens().get("eos_token"));
        Set<Integer> stops = new LinkedHashSet<>(List.of(endOfTextToken));
        Optional<Integer> endOfTurn = splitter.endOfTurnToken();
        endOfTurn.ifPresent(stops::add);
        stops.addAll(endTokens);
        this.stopTokens = List.copyOf(stops);
        this.conversationNotes = new ArrayList<>();
        if (settings.template() == null) {
            conversationNotes.add(noTemplate(folder));
        } else if (endOfTurn.isEmpty() && !writesOneOf(stops, splitter.behindAnswer(), settings)) {
            conversationNotes.add(noEnd(settings, folder.isGguf(), endOfTextToken));
        }
        if (splitter.trainsLastOnly()) {
            conversationNotes.add(trainsLastOnly(settings));
        }
        this.encoder = new PieceEncoder(settings.tokenizer(), specialTokens);
        this.truncation = new RowTruncation(encoder);
        this.ofTraining = OwnDropout.note(folder).stream().toList();
    }

    /**
     * Opens a model's text side.
     *
     * @throws FineTuneException with FT0420 to FT0422 if the configuration cannot be read, FT0430 to FT0433 if the tokenizer cannot,
     *     FT0440 to FT0444 if the template cannot be used
     */
    static HuggingFaceTextCodec open(ModelFolder folder) {
        return new HuggingFaceTextCodec(folder, folder.config(), TextSettings.read(folder));
    }

    private static FineTuneException noEndToken(ModelFolder folder) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error("the model has no end of text")
                .at(Location.of(folder.path().toString()))
                .because("neither tokenizer_config.json nor config.json names an eos token that the tokenizer has")
                .asException();
    }

    private static ChatTemplate template(TextSettings settings) {
        String template = settings.template();
        return template == null
                ? ChatTemplate.parse(PLAIN_TEMPLATE, plainTemplate())
                : ChatTemplate.parse(settings.templateSource(), template);
    }

    /** What templates know; where only config.json numbers the end of a text, the plain one is to write it, too. */
    private static Map<String, String> templateTokens(TextSettings settings, int endOfText) {
        Map<String, String> tokens = new HashMap<>(settings.specialTokens());
        if (settings.template() == null) {
            spelling(endOfText, settings).ifPresent(end -> tokens.put("eos_token", end));
        }
        return tokens;
    }

    private static Optional<String> spelling(int token, TextSettings settings) {
        return settings.tokenizer().addedTokens().stream()
                .filter(added -> added.id() == token)
                .map(AddedToken::content)
                .findFirst();
    }

    /** Whether one of the tokens is in a text; a tokenizer.json need not flag as special what ends a text. */
    private static boolean writesOneOf(Set<Integer> tokens, String text, TextSettings settings) {
        return tokens.stream()
                .flatMap(token -> spelling(token, settings).stream())
                .anyMatch(text::contains);
    }

    private static String plainTemplate() {
        try (InputStream in = HuggingFaceTextCodec.class.getResourceAsStream(PLAIN_TEMPLATE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + PLAIN_TEMPLATE + " is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Problem noTemplate(ModelFolder folder) {
        return ModelFilesProblems.TEMPLATE_MISSING
                .note("the model has no chat template; conversations are written as plain text")
                .at(Location.of(folder.path().toString()))
                .build();
    }

    private static Problem trainsLastOnly(TextSettings settings) {
        return ModelFilesProblems.TEMPLATE_LAST_ANSWER
                .note("of a conversation with several answers, only the last is trained")
                .at(Location.of(settings.templateSource()))
                .because("the chat template writes an answer otherwise once a later turn follows")
                .build();
    }

    private static Problem noEnd(TextSettings settings, boolean isGguf, int endOfText) {
        String end = settings.specialTokens().containsKey("eos_token")
                ? "{{ eos_token }}"
                : spelling(endOfText, settings).orElse("{{ eos_token }}");
        String place = isGguf
                ? "tokenizer.chat_template of the metadata"
                : settings.templateSource().endsWith(".jinja")
                        ? "chat_template.jinja"
                        : "chat_template of tokenizer_config.json";
        return ModelFilesProblems.TEMPLATE_NO_END
                .warning("the tuned model will not learn where to stop")
                .at(Location.of(settings.templateSource()))
                .because("behind an answer the chat template writes no token that ends a turn or a text")
                .remedy("write " + end + " behind the assistant's text in " + place)
                .build();
    }

    @Override
    public int contextTokens() {
        return contextTokens;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int endOfTextToken() {
        return endOfTextToken;
    }

    @Override
    public List<Integer> stopTokens() {
        return stopTokens;
    }

    @Override
    public List<Problem> notes() {
        return Stream.concat(notes.stream(), ofTraining.stream()).toList();
    }

    @Override
    public List<Problem> conversationNotes() {
        return List.copyOf(conversationNotes);
    }

    @Override
    public int[] encodeText(String text) {
        return encoder.encodeContent(text);
    }

    @Override
    public String decode(int[] tokenIds) {
        return encoder.tokenizer().decode(tokenIds, false);
    }

    @Override
    public List<String> pieces(int[] tokenIds) {
        return encoder.tokenizer().pieces(tokenIds);
    }

    @Override
    public EncodedExample encode(Example example, int maxTokens) {
        int limit = maxTokens == 0 ? contextTokens : maxTokens;
        if (limit < 0) {
            throw new IllegalArgumentException("maxTokens must be 0 or more, was " + maxTokens);
        }
        if (example instanceof Example.Passage passage) {
            return encodePassage(passage, limit);
        }
        List<Message> messages = ((Example.Conversation) example).messages();
        EncodedRow whole = encodeConversation(messages);
        EncodedRow row = truncation.fit(messages, whole, limit, this::encodeConversation);
        return new EncodedExample(row.tokenIds(), row.trained(), whole.length());
    }

    @Override
    public List<Message> fitted(Example.Conversation row, int maxTokens) {
        int limit = maxTokens == 0 ? contextTokens : maxTokens;
        return truncation.shorten(row.messages(), encodeConversation(row.messages()), limit, this::encodeConversation);
    }

    private EncodedExample encodePassage(Example.Passage passage, int limit) {
        int[] text = encoder.encodeContent(passage.text());
        IntStream begin = beginToken == null ? IntStream.empty() : IntStream.of(beginToken);
        int[] whole = IntStream.concat(begin, IntStream.concat(Arrays.stream(text), IntStream.of(endOfTextToken)))
                .toArray();
        int[] kept = Arrays.copyOf(whole, Math.min(whole.length, limit));
        BitSet trained = new BitSet();
        trained.set(Math.min(kept.length, beginToken == null ? 0 : 1), kept.length);
        return new EncodedExample(kept, trained, whole.length);
    }

    private EncodedRow encodeConversation(List<Message> messages) {
        ContentShield shield = ContentShield.forMessages(specialTokens, messages);
        StringBuilder before = new StringBuilder();
        List<int[]> parts = new ArrayList<>();
        BitSet trained = new BitSet();
        int length = 0;
        int answerStart = 0;
        for (TurnSplitter.Piece piece : splitter.split(shield.mark(messages))) {
            int[] ids = encoder.encode(before.toString(), piece.text(), shield);
            before.append(shield.unmark(piece.text()));
            parts.add(ids);
            if (piece.trained()) {
                trained.set(length, length + ids.length);
                answerStart = length;
            }
            length += ids.length;
        }
        return new EncodedRow(concatenate(parts), trained, answerStart);
    }

    private static int[] concatenate(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }

    @Override
    public int[] encodePrompt(List<Message> messages) {
        ContentShield shield = ContentShield.forMessages(specialTokens, messages);
        List<Message> marked = shield.mark(messages);
        String prompt = renderer.render(marked, true).text();
        List<String> pieces = new ArrayList<>();
        // The borders of earlier answers are borders of tokens here too, so that prompt and answer add up to the row.
        answeredPart(marked).forEach(piece -> pieces.add(piece.text()));
        String answered = String.join("", pieces);
        if (!prompt.startsWith(answered)) {
            return encoder.encodeAll(List.of(prompt), shield);
        }
        pieces.add(prompt.substring(answered.length()));
        return encoder.encodeAll(pieces, shield);
    }

    private List<TurnSplitter.Piece> answeredPart(List<Message> messages) {
        int end = messages.size();
        while (end > 0 && messages.get(end - 1).role() != Role.ASSISTANT) {
            end--;
        }
        return end == 0 || splitter.trainsLastOnly() ? List.of() : splitter.split(messages.subList(0, end));
    }

    @Override
    public String renderPrompt(List<Message> messages) {
        return renderer.render(messages, true).text();
    }

    @Override
    public int[] encodeAnswer(List<Message> prompt, String answer) {
        List<Message> messages = new ArrayList<>(prompt);
        messages.add(new Message(Role.ASSISTANT, answer));
        ContentShield shield = ContentShield.forMessages(specialTokens, messages);
        List<TurnSplitter.Piece> pieces = splitter.splitLast(shield.mark(messages));
        return encoder.encode(shield.unmark(pieces.get(0).text()), pieces.get(1).text(), shield);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
