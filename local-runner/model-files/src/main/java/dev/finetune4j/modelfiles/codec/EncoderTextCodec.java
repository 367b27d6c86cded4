package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text side of an encoder: a text between the special tokens that its tokenizer puts around it, such as {@code [CLS] text [SEP]},
 * cut at its end where it is too long, as transformers does. There is no chat template: the text of a row is what its prompt says, its
 * messages line by line. The one token that is learned from is the first, which the classification head reads.
 */
final class EncoderTextCodec implements TextCodec {
    private final EncoderConfig config;
    private final TokenizerJson json;
    private final PieceEncoder encoder;
    private final int[] before;
    private final int[] after;
    private final List<Problem> notes;

    private EncoderTextCodec(EncoderConfig config, TextSettings settings, List<Problem> notes) {
        this.config = config;
        this.notes = notes;
        this.json = settings.tokenizer();
        new VocabularyFit(json, config.vocabularySize(), List.of()).refuseAnotherModel();
        this.before = ids(json.frame().before());
        this.after = ids(json.frame().after());
        if (before.length == 0 || after.length == 0) {
            throw ModelFilesProblems.TOKENIZER_DAMAGED
                    .error("the tokenizer puts no special tokens around a text")
                    .at(Location.of(json.source()))
                    .because("post_processor adds " + before.length + " in front and " + after.length
                            + " at the end; a classification head reads the first")
                    .asException();
        }
        this.encoder = new PieceEncoder(json, new SpecialTokens(json.addedTokens()));
    }

    /**
     * Opens an encoder's text side.
     *
     * @throws FineTuneException with FT0430 to FT0433 if the tokenizer cannot be used
     */
    static EncoderTextCodec open(ModelFolder folder, EncoderConfig config) {
        return new EncoderTextCodec(
                config,
                TextSettings.read(folder),
                OwnDropout.note(folder).stream().toList());
    }

    private int[] ids(List<String> tokens) {
        return tokens.stream()
                .mapToInt(token -> json.id(token)
                        .orElseThrow(() -> ModelFilesProblems.TOKENIZER_DAMAGED
                                .error("the tokenizer has no token " + token)
                                .at(Location.of(json.source()))
                                .because("its post_processor puts it around a text")
                                .asException()))
                .toArray();
    }

    @Override
    public boolean speaks() {
        return false;
    }

    @Override
    public int contextTokens() {
        return config.contextTokens();
    }

    @Override
    public int vocabularySize() {
        return json.vocabularySize();
    }

    @Override
    public int endOfTextToken() {
        return after[after.length - 1];
    }

    @Override
    public List<Integer> stopTokens() {
        return List.of(endOfTextToken());
    }

    @Override
    public List<Problem> notes() {
        return notes;
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
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens must be 0 or more, was " + maxTokens);
        }
        int[] text = encoder.encodeContent(textOf(example));
        int frame = before.length + after.length;
        int limit = maxTokens == 0 ? contextTokens() : Math.min(maxTokens, contextTokens());
        int kept = Math.min(text.length, Math.max(0, limit - frame));
        BitSet read = new BitSet();
        read.set(0);
        return new EncodedExample(framed(Arrays.copyOf(text, kept)), read, text.length + frame);
    }

    private static String textOf(Example example) {
        return example instanceof Example.Conversation conversation
                ? lines(conversation.prompt())
                : ((Example.Passage) example).text();
    }

    private static String lines(List<Message> messages) {
        return messages.stream().map(Message::content).collect(Collectors.joining("\n"));
    }

    private int[] framed(int[] text) {
        return IntStream.concat(Arrays.stream(before), IntStream.concat(Arrays.stream(text), Arrays.stream(after)))
                .toArray();
    }

    @Override
    public int[] encodePrompt(List<Message> messages) {
        return framed(encoder.encodeContent(lines(messages)));
    }

    @Override
    public String renderPrompt(List<Message> messages) {
        return lines(messages);
    }

    /** {@inheritDoc} An encoder's answer is no text: the tokens of the label's name. */
    @Override
    public int[] encodeAnswer(List<Message> prompt, String answer) {
        return encoder.encodeContent(answer);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
