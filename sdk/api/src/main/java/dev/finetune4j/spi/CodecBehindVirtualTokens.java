package dev.finetune4j.spi;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.TuningMethod;
import java.util.List;

/**
 * The text side of a model that puts virtual tokens in front of every text: these take positions, too, so that fewer are left for the
 * text. Base and tuned model answer the same rows, so that both read them through this.
 *
 * @param codec the text side of the model itself
 * @param virtualTokens tokens in front of every text
 */
public record CodecBehindVirtualTokens(TextCodec codec, int virtualTokens) implements TextCodec {
    /** The codec for a method; the same where the method has no virtual tokens. */
    public static TextCodec of(TextCodec codec, TuningMethod method) {
        int virtualTokens = method.virtualTokens();
        return virtualTokens == 0 ? codec : new CodecBehindVirtualTokens(codec, virtualTokens);
    }

    /** What is left of the model's own; 1 where nothing is, so that no row keeps a token to learn and the check says so. */
    @Override
    public int contextTokens() {
        return Math.max(1, codec.contextTokens() - virtualTokens);
    }

    @Override
    public EncodedExample encode(Example example, int maxTokens) {
        return codec.encode(example, maxTokens == 0 ? contextTokens() : maxTokens);
    }

    @Override
    public List<Message> fitted(Example.Conversation row, int maxTokens) {
        return codec.fitted(row, maxTokens == 0 ? contextTokens() : maxTokens);
    }

    @Override
    public boolean speaks() {
        return codec.speaks();
    }

    @Override
    public int vocabularySize() {
        return codec.vocabularySize();
    }

    @Override
    public int endOfTextToken() {
        return codec.endOfTextToken();
    }

    @Override
    public List<Integer> stopTokens() {
        return codec.stopTokens();
    }

    @Override
    public List<Problem> notes() {
        return codec.notes();
    }

    @Override
    public List<Problem> conversationNotes() {
        return codec.conversationNotes();
    }

    @Override
    public int[] encodeText(String text) {
        return codec.encodeText(text);
    }

    @Override
    public String decode(int[] tokenIds) {
        return codec.decode(tokenIds);
    }

    @Override
    public List<String> pieces(int[] tokenIds) {
        return codec.pieces(tokenIds);
    }

    @Override
    public int[] encodePrompt(List<Message> messages) {
        return codec.encodePrompt(messages);
    }

    @Override
    public String renderPrompt(List<Message> messages) {
        return codec.renderPrompt(messages);
    }

    @Override
    public int[] encodeAnswer(List<Message> prompt, String answer) {
        return codec.encodeAnswer(prompt, answer);
    }

    @Override
    public void close() {
        codec.close();
    }
}
